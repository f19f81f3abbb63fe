use alloc::vec::Vec;

use crate::interop::salesforce::{ConsentWrite, Edited, ReadEntry, Status};
use crate::interop::{Mismatch, Verified};

/// What was observed after a write.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Observed<'a> {
    /// The fields that the answer to the write says were edited.
    Edited(&'a [Edited]),
    /// What a Consent Read, made later and verbose, says of the person.
    Read(&'a ReadEntry),
}

/// Whether the other system holds what was meant.
///
/// By the polarity of each field; `proceed` alone proves nothing, because `false` may only say that no record
/// was found. A status that no flag can hold (`Seen`, `NotSeen`) is verified by rows only.
///
/// ```
/// use consent_engine::interop::salesforce::{Action, ConsentWrite, Observed, Status, WriteResponse, verify};
/// use consent_engine::interop::{ForeignId, Verified};
/// let id = ForeignId::new("a@example.com")?;
/// let intended = ConsentWrite::new(Action::Solicit, id, Status::OptIn)?;
/// let body = br#"{"a@example.com":{"result":"Success","edited":[
///     {"objectType":"Individual","field":"HasOptedOutSolicit","valueOfField":"true","id":"0PK1"}]}}"#;
/// let response = WriteResponse::parse(body)?;
/// let observed = Observed::Edited(response.entries()[0].edited());
/// assert!(matches!(verify(&intended, observed), Verified::Mismatch(_)), "true is an opt-out there");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn verify(intended: &ConsentWrite, observed: Observed<'_>) -> Verified {
    let action = intended.action;
    let found: Vec<(&'static str, Status)> = match observed {
        Observed::Edited(edited) => edited
            .iter()
            .filter_map(|entry| entry.says(action).map(|status| (entry.field_name(), status)))
            .collect(),
        Observed::Read(entry) => entry.says(action, intended.purpose_name.as_ref()),
    };
    // A flag knows no notices: it says nothing for or against them.
    let by_row = |field: &str| field == "PrivacyConsentStatus";
    let is_notice = matches!(intended.status, Status::Seen | Status::NotSeen);
    let relevant = || found.iter().filter(|(field, _)| by_row(field) || !is_notice);
    let contrary: Vec<_> = match observed {
        // The least permissive counts: one opt-out is what was meant, and nothing contradicts it.
        Observed::Read(_)
            if intended.status == Status::OptOut
                && relevant().any(|(_, status)| *status == Status::OptOut) =>
        {
            Vec::new()
        }
        Observed::Read(_) | Observed::Edited(_) => {
            let mismatch = |(field, status): &(&'static str, Status)| Mismatch {
                field,
                intended: intended.status.name(),
                observed: status.name(),
            };
            relevant().filter(|(_, status)| *status != intended.status).map(mismatch).collect()
        }
    };
    if !contrary.is_empty() {
        Verified::Mismatch(contrary)
    } else if relevant().next().is_some() {
        Verified::Match
    } else {
        Verified::Unknown
    }
}
