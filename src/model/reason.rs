//! The reason table: to what a restriction applies.

use super::Model;
use crate::RestrictionReason as R;
use crate::*;

/// The four reasons that a grant can name.
pub(super) fn is_of_consent(reason: R) -> bool {
    matches!(reason, R::OptOut | R::Objection | R::Complaint | R::Erasure)
}

impl Model<'_> {
    /// R8, R9, R10 and the table of the design: whether a restriction that covers a purpose applies to it, on a basis that a
    /// hold gave or not.
    pub(super) fn applies(
        &self,
        named: &Named,
        purpose: &Purpose,
        (basis, held): (LawfulBasis, bool),
        served: bool,
    ) -> bool {
        use LawfulBasis::{Consent, Contract, LegalObligation, LegitimateInterests, PublicTask, SoftOptIn};
        let (class, promotes) = (purpose.class(), purpose.class().promotes());
        let at_point = matches!(named.log.aggregate, Aggregate::Point(_));
        let line = self.line(purpose.id());
        let of = line.iter().find(|above| named.key.scope.purpose == PurposeScope::Subtree(above.id()));
        match named.key.reason {
            R::OptOut if promotes => true,
            R::OptOut if held || served => false,
            R::OptOut if class == PurposeClass::Processing => basis == Consent,
            R::OptOut => match purpose.opt_out() {
                OptOutRule::Allowed => true,
                OptOutRule::ByName => of.is_some_and(|of| of.class() == class),
                OptOutRule::Refused => false,
            },
            R::Objection if class == PurposeClass::Marketing => true,
            R::Objection => matches!(basis, LegitimateInterests | PublicTask | SoftOptIn),
            R::Complaint | R::Register | R::Pause => promotes,
            R::Bounce | R::InvalidAddress => !served,
            R::Erasure if at_point && class == PurposeClass::Processing => {
                !matches!(basis, Contract | LegalObligation)
            }
            R::Erasure => promotes || !at_point,
            R::Legal | R::OperatorBlock | R::Invalidation => true,
            R::Interim => of.is_some() || class == PurposeClass::Marketing,
        }
    }
}
