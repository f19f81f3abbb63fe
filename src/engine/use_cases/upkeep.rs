//! What a host brings in bulk, reads back, and does as time goes by.

macro_rules! upkeep {
    ($engine:ident<S: $store:ident> $(, $async:ident, $($await:tt)+)?) => {
        impl<S: $store> $engine<S> {
            /// Imports a page of rows, from where a cursor stands. Rows that name a person alike go one after the other.
            ///
            /// Give the rows of a file page by page, each page with the cursor that the one before returned, and keep the cursor. After a
            /// crash go on from the last cursor kept: rows that are delivered again find their own outcomes. Rows before the cursor are skipped.
            ///
            /// # Errors
            ///
            /// [`ImportError`](crate::op::import::ImportError) if the cursor or the row numbers are wrong. Whether the engine could go on is
            /// in [`Imported::stopped`](crate::op::import::Imported::stopped).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// use consent_engine::op::import::{Import, ImportCursor, ImportRow, RowOutcome, RowStatement};
            /// let import = Import::new(ImportId::from_u128(1), SystemId::new("old-crm")?, now);
            /// let said = RowStatement::opted_out(PurposeScope::All).at(now);
            /// let rows = [ImportRow::new(1).with_address(address.clone()).saying(said)];
            ///
            /// let done = engine.import(&import, ImportCursor::start(&import), rows, now)?;
            /// assert_eq!(done.reports[0].outcome, RowOutcome::Applied);
            /// assert!(done.stopped.is_none(), "else go on from `done.cursor`");
            /// assert!(engine.evaluate_at(ada, &address, &query, now)?.reasons.contains(Reason::OptOut));
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// use consent_engine::op::import::{Import, ImportRow, RowStatement};
            /// let import = Import::new(ImportId::from_u128(1), SystemId::new("old-crm")?, now);
            /// let said = RowStatement::opted_out(PurposeScope::All).at(now);
            /// let rows = [ImportRow::new(1).with_address(address.clone()).saying(said)];
            ///
            /// assert_eq!(engine.plan_import(&import, rows, now)?.counts().applied, 1);
            /// assert!(!engine.evaluate_at(ada, &address, &query, now)?.reasons.contains(Reason::OptOut), "nothing was written");
            /// # Ok(())
            /// # }
            /// ```
            pub $($async)? fn plan_import(
                &self,
                import: &crate::op::import::Import,
                rows: impl IntoIterator<Item = crate::op::import::ImportRow>,
                now: crate::Timestamp,
            ) -> Result<crate::op::import::ImportPlan, EngineError<S::Error>> {
                let mut plan = crate::op::import::ImportPlan::new(self.settings.policy.clone());
                let mut overlay = crate::op::import::Overlay::default();
                for row in rows {
                    let row = crate::op::import::PlanRow::new(self.settings.clone(), *import, row, now);
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
                    plan.take(&planned);
                }
                Ok(plan)
            }

            /// A page of the facts of a subject or contact point.
            ///
            /// # Errors
            ///
            /// [`StoreCorrupt`](crate::OperationError::StoreCorrupt) if facts are missing; else as [`run`](Self::run).
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// let page = engine.history(Aggregate::Subject(ada), None, 100)?;
            /// assert!(page.facts.iter().any(|fact| matches!(fact.kind, FactKind::Attach { .. })));
            /// assert!(page.next.is_none(), "that is all");
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// use consent_engine::store::Bucket;
            /// let tomorrow = now.saturating_add(Span::days(1));
            /// for bucket in Bucket::all() {
            ///     assert!(engine.due(bucket, tomorrow, None, 100)?.due.is_empty(), "time alone changes nothing here");
            /// }
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// assert_eq!(engine.reschedule(Aggregate::Subject(ada), now)?, None, "time alone changes nothing here");
            /// # Ok(())
            /// # }
            /// ```
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
            ///
            /// ```
            #[doc = include_str!("use_cases/example.txt")]
            /// use consent_engine::store::Bucket;
            /// let next_year = now.saturating_add(Span::days(365));
            /// let expired = engine.expire_commands(Bucket::all().next().ok_or("no bucket")?, next_year, None)?;
            /// assert!(expired.next.is_none(), "the bucket is done");
            /// # Ok(())
            /// # }
            /// ```
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

pub(in crate::engine) use upkeep;
