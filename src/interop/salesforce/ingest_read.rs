//! Consent Read to commands: only what is explained, only what is new, and towards opt-out only.

use alloc::vec::Vec;

use crate::consent::Captured;
use crate::decision::Foreign;
use crate::evidence::{Evidence, Method, Note, SourceName};
use crate::interop::salesforce::action::Meaning;
use crate::interop::salesforce::said::Said;
use crate::interop::salesforce::statement::{About, Statement, interim as block};
use crate::interop::salesforce::{
    Action, ConsentRead, Consulted, Observation, ReadEntry, ReadIngest, ReadResponse, Reading, Status,
    interim, people,
};
use crate::interop::{
    Addressed, Context, Effect, ForeignId, MapError, Noop, OpenDsr, Problem, Target, Warning,
};

/// What a Consent Read means.
///
/// *Salesforce REST API Developer Guide, "Compile Consent Settings".*
///
/// * Only the explanation is read. `false` without one is no opt-out: it may say that there is no record.
///   `true` is no consent: it may say that nobody objected.
/// * Where records differ, the least permissive counts.
/// * Reading is not an act. What `last` has is nothing new; what became an opt-out is an opt-out, from now
///   on; what became more permissive is [`Warning::Drift`], because the answer has no date: read the rows
///   ([`ingest_row`](crate::interop::salesforce::ingest_row)).
/// * What was projected, coming back, is nothing.
///
/// ```
/// use consent_engine::interop::salesforce::{Action, ConsentRead, ReadResponse, ingest_read};
/// use consent_engine::interop::{Context, Directory, ForeignId, Warning};
/// use consent_engine::{Catalogue, Foreign, SystemId};
/// let (catalogue, directory) = (Catalogue::new([], []).unwrap(), Directory::new());
/// let (now, system) = ("2026-03-02T10:00:00Z".parse()?, SystemId::new("salesforce")?);
/// let context = Context::new(now, system, &catalogue, &directory);
/// let read = ConsentRead::new([Action::Email], [ForeignId::new("a@example.com")?])?;
/// let body = br#"{"a@example.com":{"result":"Success","proceed":{"email":"false","emailResult":"Success"}}}"#;
/// let found = ingest_read(&read, &ReadResponse::parse(body)?, &[], &context);
/// assert!(found.ingest.commands.is_empty(), "no explanation, no opt-out");
/// assert_eq!(found.ingest.warnings, [Warning::NegativeWithoutExplanation]);
/// assert_eq!(found.readings[0].foreign, Foreign::UnknownNegative, "and yet it denies");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn ingest_read(
    read: &ConsentRead,
    response: &ReadResponse,
    last: &[Observation],
    context: &Context<'_>,
) -> ReadIngest {
    let mut run = Run { read, last, context, out: ReadIngest::default() };
    let asked = |id: &ForeignId| read.ids().iter().any(|asked| asked.matches(id));
    if read.is_aggregated() {
        return run.out;
    }
    if response.entries().iter().any(|(id, _)| !asked(id)) {
        run.out.ingest.warn(Warning::AnswerDoesNotFit);
    }
    for id in read.ids() {
        match response.entry(id) {
            Some(Ok(entry)) => run.person(id, entry),
            Some(Err(problem)) => run.unreadable(id, problem),
            None => {
                run.out.ingest.warn(Warning::AnswerDoesNotFit);
                run.unanswered(id);
            }
        }
    }
    run.out
}

struct Run<'a> {
    read: &'a ConsentRead,
    last: &'a [Observation],
    context: &'a Context<'a>,
    out: ReadIngest,
}

/// The rows of one action and purpose, and the least permissive status among them.
struct Group<'a> {
    action: Action,
    purpose: Option<&'a Note>,
    status: Status,
    record: Option<&'a ForeignId>,
}

impl Run<'_> {
    fn person(&mut self, id: &ForeignId, entry: &ReadEntry) {
        if entry.is_not_found() {
            self.out.ingest.noop = Some(Noop::NotSet);
        }
        let groups = self.groups(id, entry);
        for action in self.read.actions().iter().filter(|action| !action.is_request()) {
            self.reading(id, *action, entry, &groups);
        }
        let known: Vec<_> = self.last.iter().filter(|known| known.id.matches(id)).collect();
        for group in &groups {
            let (action, purpose, status) = (group.action, group.purpose.cloned(), group.status);
            let known = known.iter().find(|known| known.is_of(action, group.purpose));
            let failed = self.out.failures.len();
            match known.map(|known| known.status) {
                Some(known) if known == status => {
                    self.out.ingest.noop.get_or_insert(Noop::Unchanged);
                }
                known => self.news(id, group, known),
            }
            // What was not understood is news again the next time.
            if self.out.failures.len() == failed {
                self.out.observations.push(Observation { id: id.clone(), action, purpose, status });
            }
        }
    }

    /// The rows of a person, by action and purpose, in the order in which they stand.
    fn groups<'e>(&mut self, id: &ForeignId, entry: &'e ReadEntry) -> Vec<Group<'e>> {
        let mut groups: Vec<Group<'e>> = Vec::new();
        for row in entry.explanation() {
            let actions = self.actions_of(row, entry);
            if actions.is_empty() {
                self.out.ingest.warn(Warning::UnreadableRow);
            } else if !row.is_readable() {
                self.out.ingest.warn(Warning::UnreadableRow);
                let problem =
                    Problem::unknown("value", "", &["true", "false", "OptIn", "Seen", "NotSeen", "OptOut"]);
                let blocks = self.block(id, &actions, &problem);
                self.out.failures.push((id.clone(), MapError::new(problem, blocks)));
                continue;
            }
            let purpose = row.purpose().filter(|_| row.is_consent_row());
            let status = row.said().unwrap_or(Status::NotSeen);
            for action in actions {
                // Of a request, being asked is what counts.
                let outranks = |own: Status| (status > own) != action.is_request();
                let same = |group: &&mut Group<'_>| group.action == action && group.purpose == purpose;
                match groups.iter_mut().find(same) {
                    Some(group) if status != group.status && outranks(group.status) => {
                        (group.status, group.record) = (status, row.record());
                    }
                    Some(_) => {}
                    None => groups.push(Group { action, purpose, status, record: row.record() }),
                }
            }
        }
        groups
    }

    /// What a row is about. A consent row does not say for which channel: it is read for every one it may mean.
    fn actions_of(&mut self, row: &Consulted, entry: &ReadEntry) -> Vec<Action> {
        if !row.is_consent_row() {
            return row.action().into_iter().collect();
        }
        let has_rows = |action: &Action| action.point_type().is_some();
        let asked: Vec<_> = self.read.actions().iter().copied().filter(has_rows).collect();
        let may_be: Vec<_> =
            asked.iter().copied().filter(|action| entry.proceed(*action) != Some(true)).collect();
        match (asked.len(), may_be.len()) {
            (0, _) => Action::ALL.into_iter().filter(has_rows).collect(),
            (1, _) | (_, 0) => asked,
            (_, 1) => may_be,
            _ => {
                self.out.ingest.effect(Effect::OpenReview);
                may_be
            }
        }
    }

    fn reading(&mut self, id: &ForeignId, action: Action, entry: &ReadEntry, groups: &[Group<'_>]) {
        let mut rows = groups.iter().filter(|group| group.action == action).peekable();
        let explained = rows.peek().is_some();
        let proceed = entry.proceed(action);
        let foreign = match proceed {
            _ if rows.any(|group| group.status == Status::OptOut) => Foreign::MoreRestrictive,
            Some(true) => Foreign::Agrees,
            None if entry.is_not_found() => Foreign::Agrees,
            Some(false) | None => {
                if !explained {
                    self.out.ingest.warn(Warning::NegativeWithoutExplanation);
                }
                Foreign::UnknownNegative
            }
        };
        self.out.readings.push(Reading { id: id.clone(), action, proceed, foreign });
    }

    /// What differs from the last time, or is read for the first.
    fn news(&mut self, id: &ForeignId, group: &Group<'_>, known: Option<Status>) {
        if let Meaning::Request(kind) = group.action.meaning() {
            if group.status == Status::OptIn {
                let targets = interim::targets(id, self.context);
                self.out.ingest.requests.push(OpenDsr { kind, targets });
            } else if known == Some(Status::OptIn) {
                self.out.ingest.warn(Warning::RequestTakenBack);
            }
            return;
        }
        match group.status {
            Status::OptOut => self.opt_out(id, group),
            Status::OptIn => self.drift(),
            Status::Seen | Status::NotSeen if known == Some(Status::OptOut) => self.drift(),
            Status::Seen | Status::NotSeen => {}
        }
    }

    /// More permissive, without a date: no act that could be recorded. The rows have the dates.
    fn drift(&mut self) {
        self.out.ingest.warn(Warning::Drift);
        self.out.ingest.effect(Effect::LogDiscrepancy);
        self.out.ingest.effect(Effect::Refetch);
    }

    fn opt_out(&mut self, id: &ForeignId, group: &Group<'_>) {
        let statement = match self.statement(group) {
            Ok(statement) => statement,
            Err(problem) => {
                let blocks = match problem {
                    Problem::ImmutablePurpose { .. } => Vec::new(),
                    _ => self.block(id, &[group.action], &problem),
                };
                self.out.failures.push((id.clone(), MapError::new(problem, blocks)));
                return;
            }
        };
        let targets = interim::targets(id, self.context);
        let all = targets.len();
        let news: Vec<_> = targets.into_iter().filter(|target| !self.is_echo(target, group)).collect();
        if news.len() < all {
            self.out.ingest.noop = Some(Noop::Echo);
        }
        if news.len() > 1 {
            self.out.ingest.warn(Warning::SharedContactPoint);
        }
        let address = people::address(id, self.context);
        let command = |target| statement.command(target, address.as_ref(), self.context);
        self.out.ingest.commands.extend(news.into_iter().filter_map(command));
    }

    fn statement(&self, group: &Group<'_>) -> Result<Statement, Problem> {
        let named = group.purpose.map(|name| self.context.purpose(name.expose())).transpose()?;
        let about = About::of(group.action, named, Status::OptOut, self.context)?.about;
        about.check_opt_out(self.context)?;
        let source =
            SourceName::new("consent_read").map_err(|_| Problem::InvalidValue { field: "explanation" })?;
        let evidence = Evidence::new(Method::Unknown, source);
        let captured = Captured::At(self.context.now);
        let statement = Statement { about, status: Status::OptOut, captured, window: None, evidence };
        Ok(match group.record {
            Some(record) => statement.referring_to(record),
            None => statement,
        })
    }

    fn is_echo(&self, target: &Target, group: &Group<'_>) -> bool {
        let Target::Subject(subject) = target else { return false };
        let said = Said {
            action: group.action,
            status: group.status,
            from: None,
            to: None,
            purpose: [group.purpose.map(Note::expose), None],
        };
        self.context.echoes.iter().any(|echo| {
            echo.system() == self.context.system
                && echo.subject() == *subject
                && said.repeats_but_for_dates(echo)
        })
    }

    /// Blocks a person on what could not be understood.
    fn block(&self, id: &ForeignId, actions: &[Action], problem: &Problem) -> Vec<Addressed> {
        let address = people::address(id, self.context);
        let mut blocks = Vec::new();
        for action in actions.iter().filter(|action| !action.is_request()) {
            let about = match action.meaning() {
                Meaning::Channel(channel) => About { purpose: None, channel: Some(channel) },
                Meaning::Purpose(name) => About { purpose: self.context.purpose(name).ok(), channel: None },
                Meaning::Request(_) => continue,
            };
            blocks.extend(
                interim::targets(id, self.context)
                    .into_iter()
                    .map(|target| block(about.scope(), target, address.clone(), problem, self.context)),
            );
        }
        blocks
    }

    /// An entry that reports an error says nothing; one that cannot be read may be an opt-out.
    fn unreadable(&mut self, id: &ForeignId, problem: &Problem) {
        let blocks = match problem {
            Problem::ForeignReportedError { .. } => Vec::new(),
            _ => self.block(id, self.read.actions(), problem),
        };
        self.out.failures.push((id.clone(), MapError::new(problem.clone(), blocks)));
        self.unanswered(id);
    }

    fn unanswered(&mut self, id: &ForeignId) {
        let foreign = Foreign::UnknownNegative;
        for action in self.read.actions().iter().filter(|action| !action.is_request()) {
            self.out.readings.push(Reading { id: id.clone(), action: *action, proceed: None, foreign });
        }
        // What was known stays known: a failed reading is no change.
        let of_person = |known: &&Observation| known.id.matches(id);
        self.out.observations.extend(self.last.iter().filter(of_person).cloned());
    }
}
