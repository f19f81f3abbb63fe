use alloc::collections::BTreeSet;

use crate::contact::Address;
use crate::evidence::Notice;
use crate::id::ContactPointId;
use crate::purpose::PurposeId;

/// What the page of a confirmation says that it confirms. What it says must be what was asked for, all of it.
///
/// A page that was built from something else than the request, or a form whose fields were changed on the way, is refused as
/// [`TokenBindingMismatch`](crate::Rejection::TokenBindingMismatch).
///
/// ```
/// use consent_engine::{Presented, PurposeId};
/// let page = Presented::default().of([PurposeId::new("news")?]);
/// # Ok::<(), consent_engine::InvalidName>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Presented {
    pub(super) point: Option<ContactPointId>,
    pub(super) address: Option<Address>,
    pub(super) purposes: Option<BTreeSet<PurposeId>>,
    pub(super) notice: Option<Notice>,
}

impl Presented {
    /// For this contact point.
    #[must_use]
    pub const fn at(mut self, point: ContactPointId) -> Self {
        self.point = Some(point);
        self
    }

    /// For this address, as it is written.
    #[must_use]
    pub fn at_address(mut self, address: Address) -> Self {
        self.address = Some(address);
        self
    }

    /// For these purposes, and no others.
    #[must_use]
    pub fn of(mut self, purposes: impl IntoIterator<Item = PurposeId>) -> Self {
        self.purposes = Some(purposes.into_iter().collect());
        self
    }

    /// Under this version of this notice.
    #[must_use]
    pub const fn under(mut self, notice: Notice) -> Self {
        self.notice = Some(notice);
        self
    }
}
