use alloc::vec::Vec;

/// What a target cannot hold. Losses go toward more restrictive only; one that would widen permission is an
/// error.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// A refusal and a withdrawal look the same.
    DeniedWithdrawnMerged,
    /// A pause looks like an opt-out.
    PausedAsOptOut,
    /// An expired consent looks like an opt-out.
    ExpiredAsOptOut,
    /// A pending request looks like silence.
    PendingAsNotSet,
    /// A pending request looks like an opt-out.
    PendingAsOptOut,
    /// Parts of the evidence have no place.
    EvidenceDropped {
        /// Which.
        fields: Vec<&'static str>,
    },
    /// Instants were cut to milliseconds, toward the shorter permission.
    TimePrecisionLost,
    /// Two channels share one place.
    ChannelMerged,
    /// The purpose has no place: the opt-out covers more.
    PurposeDropped,
    /// The version of the notice has no place.
    PolicyVersionDropped,
    /// Where the statement came in is told in coarser words.
    SourceCoarsened,
}

impl Loss {
    /// The stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DeniedWithdrawnMerged => "DeniedWithdrawnMerged",
            Self::PausedAsOptOut => "PausedAsOptOut",
            Self::ExpiredAsOptOut => "ExpiredAsOptOut",
            Self::PendingAsNotSet => "PendingAsNotSet",
            Self::PendingAsOptOut => "PendingAsOptOut",
            Self::EvidenceDropped { .. } => "EvidenceDropped",
            Self::TimePrecisionLost => "TimePrecisionLost",
            Self::ChannelMerged => "ChannelMerged",
            Self::PurposeDropped => "PurposeDropped",
            Self::PolicyVersionDropped => "PolicyVersionDropped",
            Self::SourceCoarsened => "SourceCoarsened",
        }
    }
}
