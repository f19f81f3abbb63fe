use alloc::vec::Vec;
use core::fmt;

use crate::evidence::Note;
use crate::interop::salesforce::{ConsentWrite, Observed, WriteEntry, WriteResponse, verify};
use crate::interop::{Attempt, Effect, Next, Outcome, Problem, Verified};
use crate::time::Span;

/// The answer to a write, as it came. The body is not printed.
#[derive(Clone, Copy)]
#[allow(clippy::exhaustive_structs, reason = "plain input, meant to be written as a literal")]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`, if there is one.
    pub retry_after: Option<Span>,
    /// The body.
    pub body: &'a [u8],
}

impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What follows from the answer to a Consent Write.
///
/// A 200 proves nothing: the error may be in the body, and an empty list of edits may be a record that the
/// other system cannot see (Platform Encryption, converted leads). Every write that was, or may have been,
/// done is to be read back.
///
/// ```
/// use consent_engine::interop::salesforce::{Action, ConsentWrite, Reply, Status, respond};
/// use consent_engine::interop::{Attempt, ForeignId, Next};
/// let id = ForeignId::new("a@example.com")?;
/// let intended = ConsentWrite::new(Action::Email, id, Status::OptOut)?;
/// let attempt = Attempt::new(1, "2026-03-02T10:00:00Z".parse()?);
/// let body = br#"{"a@example.com":{"result":"More than one Individual found","edited":[]}}"#;
/// let outcome = respond(&intended, &Reply { status: 200, retry_after: None, body }, &attempt);
/// assert!(matches!(outcome.next, Next::Rejected(problem) if problem.code() == "ForeignReportedError"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn respond(intended: &ConsentWrite, reply: &Reply<'_>, attempt: &Attempt) -> Outcome {
    let parsed = WriteResponse::parse(reply.body);
    if !matches!(reply.status, 200..=299) {
        return failed(reply, parsed.err(), attempt);
    }
    match parsed {
        Ok(response) => match response.entry(&intended.id) {
            Some(entry) => answered(intended, entry, reply.retry_after, attempt),
            None => unknown(Problem::Missing { field: "ids" }, attempt),
        },
        Err(problem @ Problem::ForeignReportedError { .. }) => refused(problem, reply.retry_after, attempt),
        Err(problem) => unknown(problem, attempt),
    }
}

fn answered(
    intended: &ConsentWrite,
    entry: &WriteEntry,
    retry_after: Option<Span>,
    attempt: &Attempt,
) -> Outcome {
    if let Some(message) = entry.error() {
        let (code, message) = (message.clone(), message.clone());
        return refused(Problem::ForeignReportedError { code, message }, retry_after, attempt);
    }
    let verified = verify(intended, Observed::Edited(entry.edited()));
    let read_back = Effect::ScheduleVerify { at: attempt.verify_at() };
    let (next, effects) = match &verified {
        Verified::Match => (Next::Accepted, alloc::vec![read_back]),
        Verified::Unknown => (Next::NoRecordMatched, alloc::vec![read_back]),
        Verified::Mismatch(_) => {
            let again = Effect::RetryWrite { at: attempt.retry_at(None) };
            (Next::Mismatch, alloc::vec![Effect::LogDiscrepancy, again])
        }
    };
    Outcome { next, verified, effects }
}

/// An HTTP status other than success.
fn failed(reply: &Reply<'_>, problem: Option<Problem>, attempt: &Attempt) -> Outcome {
    let problem = match problem {
        Some(problem @ Problem::ForeignReportedError { .. }) => problem,
        _ => Problem::ForeignReportedError {
            code: Note::lossy(&alloc::format!("{}", reply.status)),
            message: Note::lossy(""),
        },
    };
    match reply.status {
        429 => retry(reply.retry_after, attempt),
        408 | 500..=599 => {
            let mut outcome = retry(reply.retry_after, attempt);
            // It may have been done before it failed.
            outcome.effects.push(Effect::ScheduleVerify { at: attempt.verify_at() });
            outcome
        }
        _ => refused(problem, reply.retry_after, attempt),
    }
}

/// An error that the other system reports: some pass, whatever the HTTP status.
fn refused(problem: Problem, retry_after: Option<Span>, attempt: &Attempt) -> Outcome {
    const PASSING: [&str; 4] =
        ["REQUEST_LIMIT_EXCEEDED", "UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG"];
    match &problem {
        Problem::ForeignReportedError { code, .. }
            if PASSING.iter().any(|own| code.expose().starts_with(own)) =>
        {
            retry(retry_after, attempt)
        }
        _ => Outcome {
            next: Next::Rejected(problem),
            verified: Verified::Unknown,
            effects: alloc::vec![Effect::LogDiscrepancy, Effect::OpenReview],
        },
    }
}

fn retry(retry_after: Option<Span>, attempt: &Attempt) -> Outcome {
    let at = attempt.retry_at(retry_after);
    let effects = alloc::vec![Effect::RetryWrite { at }];
    Outcome { next: Next::Retry { at }, verified: Verified::Unknown, effects }
}

fn unknown(problem: Problem, attempt: &Attempt) -> Outcome {
    let effects: Vec<_> = alloc::vec![Effect::ScheduleVerify { at: attempt.verify_at() }];
    Outcome { next: Next::Unknown(problem), verified: Verified::Unknown, effects }
}
