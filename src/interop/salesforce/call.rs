use alloc::vec::Vec;
use core::fmt;

use crate::interop::ForeignId;
use crate::interop::salesforce::query::{Param, glean};

/// A Consent Write as it was called: the action of the path, the query, the body.
///
/// The host keeps who called, and by what right, to itself. Nothing of a call is printed.
///
/// ```
/// use consent_engine::interop::salesforce::Call;
/// let call = Call::new("email", "ids=a@example.com,b@example.com&status=OptOut", b"{}");
/// assert_eq!(call.ids().len(), 2, "load these into the directory, whatever else is wrong");
/// ```
#[derive(Clone, Copy)]
pub struct Call<'a> {
    pub(super) action: &'a str,
    pub(super) query: &'a str,
    pub(super) body: &'a [u8],
}

impl<'a> Call<'a> {
    /// A call of `PATCH …/consent/action/<action>?<query>` with a body.
    #[must_use]
    pub const fn new(action: &'a str, query: &'a str, body: &'a [u8]) -> Self {
        Self { action, query, body }
    }

    /// Everybody it names, as far as that can be read.
    #[must_use]
    pub fn ids(&self) -> Vec<ForeignId> {
        let mut ids = Vec::new();
        for value in glean(self.query, Param::Ids).flatten() {
            ids.extend(value.split(',').filter_map(|id| ForeignId::new(id).ok()));
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

impl fmt::Debug for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Call([redacted])")
    }
}
