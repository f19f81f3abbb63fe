//! Whom the engine knows, and what it answers of them.

macro_rules! questions {
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
            ///
            /// ```
            /// use consent_engine::store::MemoryStore;
            /// use consent_engine::*;
            /// # let policy = Policy::new(1, Catalogue::new([], []).unwrap());
            /// # let settings = Settings::new(TenantId::from_u128(1), WriterId::from_u128(1), policy);
            /// let engine = Engine::new(MemoryStore::new(), settings);
            /// let unknown = engine.query(PurposeId::new("newsletter")?, RegimeSet::OPT_IN);
            /// assert_eq!(unknown, Err(Rejection::UnknownPurpose));
            /// # Ok::<(), InvalidName>(())
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let view = engine.load(ada)?;
            /// assert_eq!(view.points().count(), 1);
            /// assert_eq!(engine.load(SubjectId::from_u128(8))?.points().count(), 0, "nobody is known there, which is no error");
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let query = query.at(point.ok_or("no contact point")?);
            /// assert!(!engine.permits(ada, &query, now)?);
            /// engine.opt_in(ada, [yes], evidence, stamp(2))?;
            /// assert!(engine.permits(ada, &query, now)?);
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let answer = engine.evaluate(ada, &query.at(point.ok_or("no contact point")?), now)?;
            /// assert_eq!(answer.verdict, Verdict::Deny);
            /// assert!(answer.reasons.contains(Reason::ConsentMissing));
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let answer = engine.evaluate_at(ada, &address, &query, now)?;
            /// assert!(answer.reasons.contains(Reason::ConsentMissing));
            /// let other = Address::new(PointKind::Email, "grace@example.com")?;
            /// let answer = engine.evaluate_at(ada, &other, &query, now)?;
            /// assert!(answer.reasons.contains(Reason::ContactPointUnknown), "she does not have that address");
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let query = query.at(point.ok_or("no contact point")?);
            /// let many = engine.evaluate_many([(ada.into(), query), (SubjectId::from_u128(8).into(), query)], now);
            /// for answer in &many.outcomes {
            ///     assert!(answer.as_ref().is_ok_and(|answer| answer.verdict == Verdict::Deny));
            /// }
            /// # Ok(())
            /// # }
            /// ```
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

            /// What the person may choose, row by row, to be shown with its form.
            ///
            /// # Errors
            ///
            /// [`UnusableView`](crate::Rejection::UnusableView) if nobody is known by an alias or address; else as
            /// [`load`](Self::load).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let page = engine.preferences(ada, &Showing::under(RegimeSet::OPT_IN), now)?;
            /// assert_eq!(page.rows.len(), 1, "one purpose, on one channel, at one address");
            /// assert_eq!(page.rows[0].choice, Choice::NotChosen { receives: false });
            /// # Ok(())
            /// # }
            /// ```
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
        }
    };
}

pub(in crate::engine) use questions;
