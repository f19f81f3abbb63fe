//! What people and hosts tell the engine.

macro_rules! commands {
    ($engine:ident<S: $store:ident> $(, $async:ident, $($await:tt)+)?) => {
        impl<S: $store> $engine<S> {
            /// Carries out a command. The same id with the same command counts once; with another it is an error.
            ///
            /// # Errors
            ///
            /// [`Rejected`](crate::OperationError::Rejected) if every part is refused. See
            /// [`OperationError`](crate::OperationError) for the rest.
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let desk = Actor::operator(Authority::new([Power::Block], Interval::starting(now)));
            /// let block = Act::Restrict { reason: RestrictionReason::OperatorBlock, scope: Scope::EVERYTHING, until: None };
            /// let done = engine.decide(ada, Command::new(desk, block.clone()), stamp(2))?;
            /// assert_eq!(done.reports[0].end, End::Accepted);
            ///
            /// let anybody = Command::new(Actor::operator(Authority::new([], Interval::starting(now))), block);
            /// let error = engine.decide(ada, anybody, stamp(3)).unwrap_err();
            /// assert_eq!(error.rejection(), Some(Rejection::NotAuthorized));
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let no = || Command::new(Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING]));
            /// let people = (2..4).map(|n| (SubjectId::from_u128(n).into(), no(), stamp(n)));
            /// let many = engine.decide_many(people);
            /// assert!(many.store_error.is_none() && many.outcomes.iter().all(Result::is_ok));
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn decide_many(
                &self,
                commands: impl IntoIterator<Item = (crate::op::Who, crate::Command, crate::op::Stamp)>,
            ) -> Many<crate::op::CommandOutcome, S::Error> {
                let decide = |(who, command, stamp): (crate::op::Who, _, _)| {
                    (who.clone(), crate::op::Decide::new(self.settings.clone(), who, command, stamp))
                };
                self.run_all(Group::new(commands.into_iter().map(decide)))$($($await)+)?
            }

            /// The person consents, in person.
            ///
            /// # Errors
            ///
            /// As [`decide`](Self::decide).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let done = engine.opt_in(ada, [yes], evidence.clone(), stamp(2))?;
            /// assert_eq!(done.reports[0].end, End::Accepted);
            /// assert!(engine.opt_in(ada, [yes], evidence.clone(), stamp(2))?.repeated, "under one id a command counts once");
            ///
            /// let unknown = Stated { purpose: Breadth::Exactly(PurposeId::new("letters")?), ..yes };
            /// let error = engine.opt_in(ada, [unknown], evidence, stamp(3)).unwrap_err();
            /// assert_eq!(error.rejection(), Some(Rejection::UnknownPurpose));
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// // Whoever fills in a public form cannot consent, and is sent a message.
            /// let form = Command::new(Actor::unauthenticated(), Act::Request(vec![yes])).with_evidence(evidence);
            /// let secret = ConfirmationSecret::new(&[7; 32])?; // Fresh random bytes of yours.
            /// let requested = engine.request_by(ada, form, &secret, stamp(2))?;
            /// assert!(requested.token.is_some(), "it belongs into the link of the message");
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let secret = ConfirmationSecret::new(&[7; 32])?; // Fresh random bytes of yours.
            /// let requested = engine.request(ada, [yes], evidence.clone(), &secret, stamp(2))?;
            /// let token = requested.token.ok_or("nothing was asked")?;
            /// assert!(!engine.permits(ada, &query.at(point.ok_or("no point")?), now)?, "asked, and not yet confirmed");
            ///
            /// engine.confirm(&token, evidence, stamp(3))?;
            /// assert!(engine.permits(ada, &query.at(point.ok_or("no point")?), now)?);
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let secret = ConfirmationSecret::new(&[7; 32])?; // Fresh random bytes of yours.
            /// let requested = engine.request(ada, [yes], evidence.clone(), &secret, stamp(2))?;
            /// let token = requested.token.ok_or("nothing was asked")?;
            /// let page = Presented::default().at_address(address);
            /// let done = engine.confirm_presented(&token, page, evidence, stamp(3))?;
            /// assert_eq!(done.reports[0].end, End::Accepted);
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// engine.opt_in(ada, [yes], evidence, stamp(2))?;
            /// // By the address, it holds for everyone behind it, and for who comes later.
            /// engine.opt_out(address.clone(), [Scope::purpose(news)], stamp(3))?;
            /// assert_eq!(engine.evaluate_at(ada, &address, &query, now)?.verdict, Verdict::Deny);
            /// // An address that nobody has is taken too.
            /// engine.opt_out(Address::new(PointKind::Email, "grace@example.com")?, [Scope::EVERYTHING], stamp(4))?;
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn opt_out(
                &self,
                who: impl Into<crate::op::Who>,
                scopes: impl IntoIterator<Item = crate::Scope>,
                stamp: crate::op::Stamp,
            ) -> Result<crate::op::CommandOutcome, EngineError<S::Error>> {
                let act = crate::Act::OptOut(scopes.into_iter().collect());
                self.decide(who, crate::Command::new(crate::Actor::subject(), act), stamp)$($($await)+)?
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let page = engine.preferences(ada, &Showing::under(RegimeSet::OPT_IN), now)?;
            /// let yes = RowWish::new(page.rows[0].cell, Wish::Yes);
            /// let sent = Submission::new(page.form(), [yes]).with_evidence(evidence);
            /// assert!(engine.submit_preferences(ada, &sent, stamp(2))?.changed);
            /// assert!(engine.submit_preferences(SubjectId::from_u128(8), &sent, stamp(3)).is_err(), "somebody else's form");
            /// # Ok(())
            /// # }
            /// ```
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
        }
    };
}

pub(in crate::engine) use commands;
