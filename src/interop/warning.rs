use thiserror::Error;

/// Something in a payload that was understood, but that somebody should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Error)]
#[non_exhaustive]
pub enum Warning {
    /// Several subjects hold the address: the opt-out was applied to each.
    #[error("several subjects hold the address: the opt-out applies to each of them")]
    SharedContactPoint,
    /// The record belongs to no Individual: there is no subject to hold a consent, only an address.
    #[error(
        "the records belong to no Individual: only the address can be restricted, nothing can be granted"
    )]
    SubjectDropped,
    /// The double opt-in was completed before the consent was captured.
    #[error("the double opt-in was completed before the consent was captured: check the clocks")]
    DoubleOptInBeforeCapture,
    /// The double opt-in lies in the future and does not count.
    #[error("the double opt-in lies in the future and does not count: check the clocks")]
    DoubleOptInInFuture,
    /// The capture date lies in the future: the engine refuses such a grant.
    #[error("the capture date lies in the future: check the clocks")]
    CaptureInFuture,
    /// An opt-out came with dates: it holds from now on, without end.
    #[error("an opt-out came with effective dates: it holds from now on, until the person opts in again")]
    OptOutDatesIgnored,
    /// A flag that knows no purposes came with one: the opt-out covers all that the flag covers.
    #[error("the flag knows no purposes: the opt-out covers all that it covers")]
    PurposeIgnored,
    /// A parameter that is not in the vendor's list.
    #[error("a parameter is not in the vendor's list and was ignored")]
    UnknownParam,
    /// An erasure or portability request was taken back in the other system.
    #[error("a request was taken back in the other system: check the open requests")]
    RequestTakenBack,
    /// The row speaks of a brand that this tenant does not stand for.
    #[error("the row speaks of a brand that this tenant does not stand for")]
    BrandDropped,
    /// The row names a kind of channel that is not mapped: the opt-out covers every channel it may mean.
    #[error("the row names an engagement channel that is not mapped: the opt-out covers all it may mean")]
    EngagementChannelUnknown,
    /// The other system says that the purpose takes no opt-out, and the catalogue says that it does.
    #[error("the other system says that the purpose takes no opt-out; the catalogue says that it does")]
    OptOutRuleDiffers,
    /// The other system is more permissive than before, without an act of the person to account for it.
    #[error(
        "the other system became more permissive, without a dated act of the person: nothing was granted"
    )]
    Drift,
    /// A negative answer without an explanation is no act.
    #[error("a negative answer came without an explanation: nothing was recorded, and it denies")]
    NegativeWithoutExplanation,
    /// A row of an explanation could not be read.
    #[error("a row of an explanation could not be read")]
    UnreadableRow,
    /// Something was answered that nobody asked, or asked and not answered.
    #[error("the answer does not fit the question: an identifier is missing, or nobody asked for it")]
    AnswerDoesNotFit,
}
