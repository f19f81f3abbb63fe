//! The use cases, written once for both engines.

macro_rules! use_cases {
    ($engine:ident<S: $store:ident> $(, $async:ident, $($await:tt)+)?) => {
        impl<S: $store> $engine<S> {
            /// An engine over a store.
            pub const fn new(store: S, settings: Settings) -> Self {
                Self { store, settings }
            }

            /// The store.
            pub const fn store(&self) -> &S {
                &self.store
            }

            /// What it was set up with.
            pub const fn settings(&self) -> &Settings {
                &self.settings
            }

            /// A question about a purpose of the policy, under some regimes.
            ///
            /// # Errors
            ///
            /// [`Rejection::UnknownPurpose`](crate::Rejection::UnknownPurpose) if the catalogue does not have it.
            pub fn query(
                &self,
                purpose: crate::PurposeId,
                regimes: crate::RegimeSet,
            ) -> Result<crate::Query, crate::Rejection> {
                let index = self.settings.policy.catalogue().index(purpose);
                index.map(|index| crate::Query::new(index, regimes)).ok_or(crate::Rejection::UnknownPurpose)
            }

            fn asked(&self, who: crate::op::Who, query: &crate::Query) -> crate::op::Load {
                crate::op::Load::new(self.settings.clone(), who).with_point(query.point)
            }

            /// Loads a person, to ask many questions or to show what is known.
            ///
            /// # Errors
            ///
            /// [`AmbiguousSubject`](crate::OperationError::AmbiguousSubject) by a shared address; else as
            /// [`run`](Self::run).
            pub $($async)? fn load(
                &self,
                who: impl Into<crate::op::Who>,
            ) -> Result<crate::View, EngineError<S::Error>> {
                let load = crate::op::Load::new(self.settings.clone(), who.into());
                Ok(self.run(load)$($($await)+)? ?.view)
            }

            /// Whether the person may be contacted, or their data processed. An error is no permission.
            ///
            /// # Errors
            ///
            /// As [`load`](Self::load).
            pub $($async)? fn permits(
                &self,
                who: impl Into<crate::op::Who>,
                query: &crate::Query,
                now: crate::Timestamp,
            ) -> Result<bool, EngineError<S::Error>> {
                let person = self.run(self.asked(who.into(), query))$($($await)+)? ?;
                Ok(crate::permits(&person.view, query, &self.settings.policy, now))
            }

            /// Whether the person may be contacted, or their data processed, and why.
            ///
            /// Nobody found by an alias or address is a denial with the reason
            /// [`IdentityUnresolved`](crate::Reason::IdentityUnresolved).
            ///
            /// # Errors
            ///
            /// As [`load`](Self::load).
            pub $($async)? fn evaluate(
                &self,
                who: impl Into<crate::op::Who>,
                query: &crate::Query,
                now: crate::Timestamp,
            ) -> Result<crate::DecisionRecord, EngineError<S::Error>> {
                let person = self.run(self.asked(who.into(), query))$($($await)+)? ?;
                Ok(crate::evaluate(&person.view, query, &self.settings.policy, now).to_record())
            }

            /// The same at an address. An address that nobody attached in this spelling is denied.
            ///
            /// The token of the answer holds the index keys that were looked up: to [`recheck`](crate::recheck) it, load the same
            /// person by the same name and address, with [`Load`](crate::op::Load).
            ///
            /// # Errors
            ///
            /// As [`load`](Self::load).
            pub $($async)? fn evaluate_at(
                &self,
                who: impl Into<crate::op::Who>,
                address: &crate::Address,
                query: &crate::Query,
                now: crate::Timestamp,
            ) -> Result<crate::DecisionRecord, EngineError<S::Error>> {
                let load = crate::op::Load::new(self.settings.clone(), who.into()).at(address.clone());
                let person = self.run(load)$($($await)+)? ?;
                let query = query.at(person.point.unwrap_or(crate::op::NOBODYS_POINT));
                Ok(crate::evaluate(&person.view, &query, &self.settings.policy, now).to_record())
            }

            /// Many questions, with as few reads as they need.
            pub $($async)? fn evaluate_many(
                &self,
                questions: impl IntoIterator<Item = (crate::op::Who, crate::Query)>,
                now: crate::Timestamp,
            ) -> Many<crate::DecisionRecord, S::Error> {
                let (whose, queries): (alloc::vec::Vec<_>, alloc::vec::Vec<_>) = questions.into_iter().unzip();
                let asked = whose.into_iter().zip(&queries).map(|(who, query)| self.asked(who, query));
                let group = Group::new(asked.enumerate());
                let loaded = self.run_all(group)$($($await)+)?;
                let policy = &self.settings.policy;
                let answer = |(person, query): (Result<crate::op::Person, _>, _)| {
                    person.map(|person| crate::evaluate(&person.view, &query, policy, now).to_record())
                };
                let outcomes = loaded.outcomes.into_iter().zip(queries).map(answer).collect();
                Many { outcomes, store_error: loaded.store_error }
            }

            /// Carries out a command. The same id with the same command counts once; with another it is an error.
            ///
            /// # Errors
            ///
            /// [`Rejected`](crate::OperationError::Rejected) if every part is refused. See
            /// [`OperationError`](crate::OperationError) for the rest.
            pub $($async)? fn decide(
                &self,
                who: impl Into<crate::op::Who>,
                command: crate::Command,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                self.run(crate::op::Decide::new(self.settings.clone(), who.into(), command, stamp))$($($await)+)?
            }

            /// Carries out many commands, committed together where they can be. Those named alike go in the order given.
            ///
            /// They are no transaction: each ends for itself.
            pub $($async)? fn decide_many(
                &self,
                commands: impl IntoIterator<Item = (crate::op::Who, crate::Command, crate::op::Stamp)>,
            ) -> Many<crate::op::CommandOutcome, S::Error> {
                let decide = |(who, command, stamp): (crate::op::Who, _, _)| {
                    (who.clone(), crate::op::Decide::new(self.settings.clone(), who, command, stamp))
                };
                self.run_all(Group::new(commands.into_iter().map(decide)))$($($await)+)?
            }

            /// Imports a page of rows, from where a cursor stands. Rows that name a person alike go one after the other.
            ///
            /// Give the rows of a file page by page, each page with the cursor that the one before returned, and keep the cursor. After a
            /// crash go on from the last cursor kept: rows that are delivered again find their own outcomes. Rows before the cursor are skipped.
            ///
            /// # Errors
            ///
            /// [`ImportError`](crate::op::import::ImportError) if the cursor or the row numbers are wrong. Whether the engine could go on is
            /// in [`Imported::stopped`](crate::op::import::Imported::stopped).
            pub $($async)? fn import(
                &self,
                import: &crate::op::import::Import,
                cursor: crate::op::import::ImportCursor,
                rows: impl IntoIterator<Item = crate::op::import::ImportRow>,
                now: crate::Timestamp,
            ) -> Result<crate::op::import::Imported<S::Error>, crate::op::import::ImportError> {
                let mut page = crate::op::import::Page::new(&self.settings, *import, cursor, rows, now)?;
                let many = self.run_all(Group::new(page.operations()))$($($await)+)?;
                Ok(page.end(many.outcomes, many.store_error))
            }

            /// What importing a page of rows would come to. Nothing is written.
            ///
            /// # Errors
            ///
            /// As [`run`](Self::run).
            pub $($async)? fn plan_import(
                &self,
                import: &crate::op::import::Import,
                rows: impl IntoIterator<Item = crate::op::import::ImportRow>,
                now: crate::Timestamp,
            ) -> Result<crate::op::import::ImportPlan, EngineError<S::Error>> {
                let mut plan = crate::op::import::ImportPlan::new(self.settings.policy.clone());
                let mut overlay = crate::op::import::Overlay::default();
                for row in crate::op::import::dry_run(&self.settings, *import, rows, now) {
                    let mut step = Step::begin(row);
                    let planned = loop {
                        step = match step {
                            Step::Read(what, reading) => {
                                let found = self.store.read(&what)$($($await)+)?;
                                reading.resume(found.map(|found| overlay.over(&what, found)))?
                            }
                            Step::Commit(batch, committing) => {
                                let taken = alloc::vec::Vec::from([overlay.take(&batch)]);
                                committing.resume::<S::Error>(Ok(taken))?
                            }
                            Step::Done(outcome) => break outcome?,
                        };
                    };
                    plan.take(import, &planned);
                }
                Ok(plan)
            }

            /// The person consents, in person.
            ///
            /// # Errors
            ///
            /// As [`decide`](Self::decide).
            pub $($async)? fn opt_in(
                &self,
                who: impl Into<crate::op::Who>,
                stated: impl IntoIterator<Item = crate::Stated>,
                evidence: crate::Evidence,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let act = crate::Act::Grant { stated: stated.into_iter().collect(), window: None };
                let command = crate::Command::new(crate::Actor::subject(), act).with_evidence(evidence);
                self.decide(who, command, stamp)$($($await)+)?
            }

            /// The person asks for a double opt-in, in person. The token goes into a message to the contact point, and nowhere else.
            ///
            /// The secret is fresh random bytes, for each request others. Repeat it when you repeat the command. Whoever asks at a public
            /// endpoint gets the same words whatever comes of it: that a message will come if the address can be used. An error here
            /// tells whether somebody is known, has consented or was asked too often, and that is nobody's business.
            ///
            /// # Errors
            ///
            /// [`TooManyPending`](crate::Rejection::TooManyPending) if too many were asked for at the contact point,
            /// [`SecretsMissing`](crate::OperationError::SecretsMissing) without index secrets; else as [`decide`](Self::decide).
            ///
            /// ```
            /// use consent_engine::store::MemoryStore;
            /// use consent_engine::*;
            /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
            /// # let news = PurposeId::new("news")?;
            /// # let purpose = Purpose::new(news, PurposeClass::Marketing, LawfulBasis::Consent).with_channels([Channel::Email]);
            /// # let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), Policy::new(1, Catalogue::new([purpose], [])?))
            /// #     .with_index_secrets(IndexSecrets::new([7; 32]));
            /// # let engine = Engine::new(MemoryStore::new(), settings);
            /// # let (ada, now) = (SubjectId::from_u128(7), "2026-03-02T10:00:00Z".parse()?);
            /// # let stamp = |id| Stamp::new(now, CommandId::from_u128(id));
            /// let address = Address::new(PointKind::Email, "ada@example.com")?;
            /// engine.attach(ada, &address, Actor::subject(), stamp(1))?;
            ///
            /// let stated = Stated { purpose: Breadth::Exactly(news), channel: Some(Channel::Email), point: None };
            /// let evidence = || Ok::<_, InvalidName>(Evidence::new(Method::Explicit, SourceName::new("web")?));
            /// let secret = ConfirmationSecret::new(&[7; 32])?;
            /// let requested = engine.request(ada, [stated], evidence()?, &secret, stamp(2))?;
            /// let link = requested.token.unwrap().expose();
            ///
            /// // The button on the page behind the link.
            /// engine.confirm(&ConfirmationToken::parse(&link)?, evidence()?, stamp(3))?;
            /// let query = engine.query(news, RegimeSet::OPT_IN)?.on(Channel::Email);
            /// assert!(engine.evaluate_at(ada, &address, &query, now)?.verdict.is_permit());
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn request(
                &self,
                who: impl Into<crate::op::Who>,
                stated: impl IntoIterator<Item = crate::Stated>,
                evidence: crate::Evidence,
                secret: &crate::op::ConfirmationSecret,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::Requested, EngineError<S::Error>> {
                let act = crate::Act::Request(stated.into_iter().collect());
                let command = crate::Command::new(crate::Actor::subject(), act).with_evidence(evidence);
                self.request_by(who, command, secret, stamp)$($($await)+)?
            }

            /// The same of any command that asks: by somebody else than the person, or a consent to what needs a double opt-in.
            ///
            /// # Errors
            ///
            /// [`NotInvitable`](crate::Rejection::NotInvitable) if the person said no and it is not for this actor to ask again; else
            /// as [`request`](Self::request).
            pub $($async)? fn request_by(
                &self,
                who: impl Into<crate::op::Who>,
                command: crate::Command,
                secret: &crate::op::ConfirmationSecret,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::Requested, EngineError<S::Error>> {
                let (settings, tenant) = (self.settings.clone(), self.settings.tenant);
                let request = crate::op::Decide::request(settings, who.into(), command, secret.clone(), stamp);
                let outcome = self.run(request)$($($await)+)? ?;
                Ok(crate::op::Requested::new(tenant, outcome, secret))
            }

            /// Confirms what was asked for, by the token of the message. A POST does this; opening the link does nothing.
            ///
            /// # Errors
            ///
            /// [`TokenBindingMismatch`](crate::Rejection::TokenBindingMismatch) for a token that is forged, or of another tenant, request or
            /// contact point; [`TokenNotYetValid`](crate::Rejection::TokenNotYetValid), [`TokenExpired`](crate::Rejection::TokenExpired);
            /// [`AlreadyConfirmed`](crate::Rejection::AlreadyConfirmed) the second time; [`Superseded`](crate::Rejection::Superseded) after a
            /// withdrawal; [`NoPendingRequest`](crate::Rejection::NoPendingRequest) if there is none, or a newer one. Each leaves the store as
            /// it was. Else as [`decide`](Self::decide).
            pub $($async)? fn confirm(
                &self,
                token: &crate::op::ConfirmationToken,
                evidence: crate::Evidence,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                self.confirm_presented(token, crate::op::Presented::default(), evidence, stamp)$($($await)+)?
            }

            /// The same with what the page said that it confirms, which must be what was asked for.
            ///
            /// # Errors
            ///
            /// [`TokenBindingMismatch`](crate::Rejection::TokenBindingMismatch) if the page said anything else; else as
            /// [`confirm`](Self::confirm).
            pub $($async)? fn confirm_presented(
                &self,
                token: &crate::op::ConfirmationToken,
                presented: crate::op::Presented,
                evidence: crate::Evidence,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let (settings, token) = (self.settings.clone(), token.clone());
                self.run(crate::op::Decide::confirm(settings, token, presented, evidence, stamp))$($($await)+)?
            }

            /// The person refuses or withdraws, in person. By an address it reaches everyone behind it.
            ///
            /// # Errors
            ///
            /// As [`decide`](Self::decide).
            pub $($async)? fn opt_out(
                &self,
                who: impl Into<crate::op::Who>,
                scopes: impl IntoIterator<Item = crate::Scope>,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let act = crate::Act::OptOut(scopes.into_iter().collect());
                self.decide(who, crate::Command::new(crate::Actor::subject(), act), stamp)$($($await)+)?
            }

            /// What the person may choose, row by row, to be shown with its form.
            ///
            /// # Errors
            ///
            /// [`UnusableView`](crate::Rejection::UnusableView) if nobody is known by an alias or address; else as
            /// [`load`](Self::load).
            pub $($async)? fn preferences(
                &self,
                who: impl Into<crate::op::Who>,
                showing: &crate::Showing<'_>,
                now: crate::Timestamp,
            ) -> Result<crate::PreferenceView, EngineError<S::Error>> {
                let view = self.load(who)$($($await)+)? ?;
                let Settings { tenant, policy, .. } = &self.settings;
                let shown = crate::PreferenceView::new(*tenant, &view, policy, now, showing);
                Ok(shown.map_err(crate::OperationError::from)?)
            }

            /// Takes a form of [`preferences`](Self::preferences) back in: what was changed in it, as one command.
            ///
            /// `who` is the person as the host knows them, and not as the form says. What restricts is taken even where the rest is refused:
            /// look at the reports.
            ///
            /// # Errors
            ///
            /// [`ForeignForm`](crate::Rejection::ForeignForm) for a form of another tenant or person; else as
            /// [`decide`](Self::decide).
            pub $($async)? fn submit_preferences(
                &self,
                who: impl Into<crate::op::Who>,
                submission: &crate::Submission,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::Submitted, EngineError<S::Error>> {
                let (settings, who) = (self.settings.clone(), who.into());
                let submit = crate::op::SubmitPreferences::new(settings, who, submission, stamp);
                self.run(submit.map_err(crate::OperationError::from)?)$($($await)+)?
            }

            /// Gives an address to a subject. A new contact point has the id of the command.
            ///
            /// # Errors
            ///
            /// [`OtherSpelling`](crate::OperationError::OtherSpelling) if the same mailbox is attached as it is written
            /// otherwise; else as [`decide`](Self::decide).
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

            /// A page of the facts of a subject or contact point.
            ///
            /// # Errors
            ///
            /// [`StoreCorrupt`](crate::OperationError::StoreCorrupt) if facts are missing; else as [`run`](Self::run).
            pub $($async)? fn history(
                &self,
                aggregate: crate::Aggregate,
                cursor: Option<crate::op::HistoryCursor>,
                limit: u16,
            ) -> Result<crate::op::HistoryPage, EngineError<S::Error>> {
                self.run(crate::op::History::new(self.settings.clone(), aggregate, cursor, limit))$($($await)+)?
            }

            /// A page of those for whom something becomes due before an instant.
            ///
            /// # Errors
            ///
            /// As [`run`](Self::run).
            pub $($async)? fn due(
                &self,
                bucket: crate::store::Bucket,
                before: crate::Timestamp,
                cursor: Option<crate::op::DueCursor>,
                limit: u16,
            ) -> Result<crate::op::DuePage, EngineError<S::Error>> {
                let settings = self.settings.clone();
                self.run(crate::op::DueList::new(settings, bucket, before, cursor, limit))$($($await)+)?
            }

            /// Notes that what was due until now has been dealt with; returns what is due next.
            ///
            /// # Errors
            ///
            /// As [`run`](Self::run).
            pub $($async)? fn reschedule(
                &self,
                aggregate: crate::Aggregate,
                now: crate::Timestamp,
            ) -> Result<Option<crate::Timestamp>, EngineError<S::Error>> {
                self.run(crate::op::Reschedule::new(self.settings.clone(), aggregate, now))$($($await)+)?
            }

            /// Deletes a page of command records that are older than the retention period.
            ///
            /// # Errors
            ///
            /// As [`run`](Self::run).
            pub $($async)? fn expire_commands(
                &self,
                bucket: crate::store::Bucket,
                now: crate::Timestamp,
                after: Option<crate::store::Key>,
            ) -> Result<crate::op::Expired, EngineError<S::Error>> {
                self.run(crate::op::ExpireCommands::new(self.settings.clone(), bucket, now, after))$($($await)+)?
            }
        }
    };
}

pub(super) use use_cases;
