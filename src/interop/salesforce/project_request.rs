use crate::interop::salesforce::{Action, ConsentWrite, Status};
use crate::interop::{DsrKind, ForeignId, Problem};

/// A request of the person as a Consent Write: `OptIn` of `shouldForget` or `portability`.
///
/// *Salesforce REST API Developer Guide, "Consent Write", actions `shouldForget` and `portability`.*
///
/// ```
/// use consent_engine::interop::salesforce::{Action, Status, project_request};
/// use consent_engine::interop::{DsrKind, ForeignId, Problem};
/// let id = ForeignId::new("0PK1")?;
/// let write = project_request(DsrKind::Erasure, &id, false)?;
/// assert_eq!((write.action(), write.status()), (Action::ShouldForget, Status::OptIn));
/// assert_eq!(project_request(DsrKind::Erasure, &id, true), Err(Problem::LegalHold));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`Problem::LegalHold`] for an erasure while a hold is active: it is deferred, not lost.
pub fn project_request(kind: DsrKind, id: &ForeignId, on_hold: bool) -> Result<ConsentWrite, Problem> {
    let action = match kind {
        DsrKind::Erasure if on_hold => return Err(Problem::LegalHold),
        DsrKind::Erasure => Action::ShouldForget,
        DsrKind::Portability => Action::Portability,
    };
    ConsentWrite::new(action, id.clone(), Status::OptIn)
}
