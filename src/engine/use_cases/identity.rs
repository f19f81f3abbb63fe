//! Whose an address or alias is, and which records are one person.

macro_rules! identity {
    ($engine:ident<S: $store:ident> $(, $async:ident, $($await:tt)+)?) => {
        impl<S: $store> $engine<S> {
            /// Gives an address to a subject. A new contact point has the id of the command.
            ///
            /// # Errors
            ///
            /// [`OtherSpelling`](crate::OperationError::OtherSpelling) if the same mailbox is attached as it is written
            /// otherwise; else as [`decide`](Self::decide).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let second = Address::new(PointKind::Phone, "+15550100000")?;
            /// let attached = engine.attach(ada, &second, Actor::subject(), stamp(2))?;
            /// assert!(attached.point.is_some(), "the id of the contact point, the same for everyone who has the address");
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn attach(
                &self,
                subject: crate::SubjectId,
                address: &crate::Address,
                actor: crate::Actor,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let (settings, address) = (self.settings.clone(), address.clone());
                self.run(crate::op::Decide::attach(settings, subject, address, actor, stamp))$($($await)+)?
            }

            /// Gives an alias to a subject. It needs [`Power::Identity`](crate::Power::Identity).
            ///
            /// # Errors
            ///
            /// [`AliasConflict`](crate::OperationError::AliasConflict) if it belongs to somebody else; else as
            /// [`decide`](Self::decide).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let alias = Alias::new(SystemId::new("crm")?, "003A000001abcDE")?;
            /// let desk = Actor::operator(Authority::new([Power::Identity], Interval::starting(now)));
            /// engine.claim(ada, &alias, desk, stamp(2))?;
            /// assert_eq!(engine.load(alias)?.subject().ids, [ada]);
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn claim(
                &self,
                subject: crate::SubjectId,
                alias: &crate::op::Alias,
                actor: crate::Actor,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let (settings, alias) = (self.settings.clone(), alias.clone());
                self.run(crate::op::Decide::claim(settings, subject, alias, actor, stamp))$($($await)+)?
            }

            /// Gives an address to a subject in the place of one that they have: what bites at the old one bites at the new one, and
            /// nothing that was granted at the old one is granted at the new one.
            ///
            /// # Errors
            ///
            /// [`Rejected`](crate::OperationError::Rejected) with [`UnknownContactPoint`](crate::Rejection::UnknownContactPoint) if
            /// the subject does not have the old address; else as [`attach`](Self::attach).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// engine.opt_out(address.clone(), [Scope::EVERYTHING], stamp(2))?;
            /// let new = Address::new(PointKind::Email, "ada@example.org")?;
            /// engine.replace(ada, &address, &new, Actor::subject(), stamp(3))?;
            /// let answer = engine.evaluate_at(ada, &new, &query, now)?;
            /// assert!(answer.reasons.contains(Reason::OptOut), "what was said of the old address holds for the new one");
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn replace(
                &self,
                subject: crate::SubjectId,
                old: &crate::Address,
                new: &crate::Address,
                actor: crate::Actor,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let (settings, old, new) = (self.settings.clone(), old.clone(), new.clone());
                self.run(crate::op::Decide::replace(settings, subject, old, new, actor, stamp))$($($await)+)?
            }

            /// Records that two subjects are one person, with the evidence for it. It needs [`Power::Identity`](crate::Power::Identity).
            ///
            /// From then on what restricts one restricts both, and neither is permitted more. Look at
            /// [`preview_merge`](Self::preview_merge) first.
            ///
            /// # Errors
            ///
            /// [`Rejected`](crate::OperationError::Rejected) with [`MergeCycle`](crate::Rejection::MergeCycle) if they are one
            /// person already, or with [`LimitExceeded`](crate::Rejection::LimitExceeded) for more than
            /// [`Limits::MAX_MERGED`](crate::Limits::MAX_MERGED) records; else as [`decide`](Self::decide).
            ///
            /// ```
            /// use consent_engine::store::MemoryStore;
            /// use consent_engine::*;
            /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
            /// # let news = PurposeId::new("news")?;
            /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Web]);
            /// # let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), Policy::new(1, Catalogue::new([purpose], [])?));
            /// # let engine = Engine::new(MemoryStore::new(), settings);
            /// # let now: Timestamp = "2026-03-02T10:00:00Z".parse()?;
            /// # let stamp = |id| Stamp::new(now, CommandId::from_u128(id));
            /// // Two records of Ada: she agreed as one of them, and refused as the other.
            /// let (ada, again) = (SubjectId::from_u128(7), SubjectId::from_u128(8));
            /// let stated = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Web), point: None };
            /// engine.opt_in(ada, [stated], Evidence::new(Method::Explicit, SourceName::new("web")?), stamp(1))?;
            /// engine.opt_out(again, [Scope::purpose(news)], stamp(2))?;
            ///
            /// let desk = Actor::operator(Authority::new([Power::Identity], Interval::starting(now)));
            /// let seen = Evidence::new(Method::Explicit, SourceName::new("service-desk")?);
            /// let changes = engine.preview_merge(ada, again, RegimeSet::OPT_IN, now)?;
            /// assert!(changes.iter().all(|change| !change.after.is_permit()), "a merge permits nothing");
            /// engine.merge(ada, again, desk, seen, stamp(3))?;
            ///
            /// let query = engine.query(news, RegimeSet::OPT_IN)?.on(Channel::Web);
            /// let answer = engine.evaluate(ada, &query, now)?;
            /// assert_eq!(answer.reasons, ReasonSet::from_iter([Reason::OptOut]));
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn merge(
                &self,
                subject: crate::SubjectId,
                with: crate::SubjectId,
                actor: crate::Actor,
                evidence: crate::Evidence,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let command = crate::Command::new(actor, crate::Act::Merge(with)).with_evidence(evidence);
                self.decide(subject, command, stamp)$($($await)+)?
            }

            /// Records that a merge of two subjects was wrong, with the evidence for it. It needs
            /// [`Power::Identity`](crate::Power::Identity).
            ///
            /// What restricted both before goes on to restrict both.
            ///
            /// # Errors
            ///
            /// [`Rejected`](crate::OperationError::Rejected) with [`NotMerged`](crate::Rejection::NotMerged) if no merge of these
            /// two stands; else as [`decide`](Self::decide).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let again = SubjectId::from_u128(8);
            /// let desk = Actor::operator(Authority::new([Power::Identity], Interval::starting(now)));
            /// engine.merge(ada, again, desk, evidence.clone(), stamp(2))?;
            /// engine.opt_out(again, [Scope::EVERYTHING], stamp(3))?;
            /// engine.unmerge(ada, again, desk, evidence, stamp(4))?;
            /// let answer = engine.evaluate_at(ada, &address, &query, now)?;
            /// assert!(answer.reasons.contains(Reason::OptOut), "an unmerge sheds nothing");
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn unmerge(
                &self,
                subject: crate::SubjectId,
                from: crate::SubjectId,
                actor: crate::Actor,
                evidence: crate::Evidence,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let command = crate::Command::new(actor, crate::Act::Unmerge(from)).with_evidence(evidence);
                self.decide(subject, command, stamp)$($($await)+)?
            }

            /// What a merge of two subjects would change. Nothing is written.
            ///
            /// # Errors
            ///
            /// As [`load`](Self::load).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let again = SubjectId::from_u128(8);
            /// engine.opt_in(ada, [yes], evidence, stamp(2))?;
            /// engine.opt_out(again, [Scope::EVERYTHING], stamp(3))?;
            /// let changes = engine.preview_merge(ada, again, RegimeSet::OPT_IN, now)?;
            /// assert!(changes.iter().any(|change| change.before.is_permit() && !change.after.is_permit()));
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn preview_merge(
                &self,
                subject: crate::SubjectId,
                with: crate::SubjectId,
                regimes: crate::RegimeSet,
                now: crate::Timestamp,
            ) -> Result<alloc::vec::Vec<crate::MergeChange>, EngineError<S::Error>> {
                let one = self.load(subject)$($($await)+)? ?;
                let other = self.load(with)$($($await)+)? ?;
                let preview = crate::preview_merge(&one, &other, &self.settings.policy, regimes, now);
                Ok(preview.map_err(crate::op::OperationError::from)?)
            }
        }
    };
}

pub(in crate::engine) use identity;
