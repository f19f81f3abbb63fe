use alloc::vec::Vec;

use thiserror::Error;

use crate::id::SystemId;
use crate::policy::Limits;
use crate::purpose::Catalogue;
use crate::time::Span;

/// Why a policy cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The conflict window is shorter than the clock skew between writers.
    #[error("the conflict window is shorter than the clock skew: make it at least as long")]
    WindowShorterThanSkew,
    /// A lifetime is zero.
    #[error("requests expire at once: give them a lifetime above zero")]
    ZeroRequestLifetime,
    /// The limit of requests counts none, or more than are kept, or over no time.
    #[error("requests at a contact point are limited to 1 to {} in a time above zero", Limits::MAX_REQUESTS)]
    RequestLimit,
}

/// Everything that is not a fact: the catalogue, the windows, the systems trusted to lift, the limits.
///
/// ```
/// use consent_engine::{Catalogue, Policy, PolicyError, Span};
/// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
/// assert_eq!(policy.conflict_window(), Span::seconds(5));
/// assert_eq!(policy.with_skew(Span::seconds(9)).unwrap_err(), PolicyError::WindowShorterThanSkew);
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    version: u64,
    catalogue: Catalogue,
    conflict_window: Span,
    skew: Span,
    request_lifetime: Span,
    request_limit: (u32, Span),
    reinvitation: Option<Span>,
    snapshot_age: Span,
    age_of_majority: u8,
    erased_may_return: bool,
    lifting_systems: Vec<SystemId>,
    limits: Limits,
}

impl Policy {
    /// A policy with the defaults: conflict window 5 s, skew 2 s, requests live 7 days and are limited to 3 a day at a contact point,
    /// nobody who said no is asked again, snapshots live 5 minutes, majority at 18, no lifting systems, and no return after erasure.
    #[must_use]
    pub fn new(version: u64, catalogue: Catalogue) -> Self {
        Self {
            version,
            catalogue,
            conflict_window: Span::seconds(5),
            skew: Span::seconds(2),
            request_lifetime: Span::days(7),
            request_limit: (3, Span::days(1)),
            reinvitation: None,
            snapshot_age: Span::seconds(300),
            age_of_majority: 18,
            erased_may_return: false,
            lifting_systems: Vec::new(),
            limits: Limits::default(),
        }
    }

    /// Sets the span within which two acts count as simultaneous.
    ///
    /// # Errors
    ///
    /// [`PolicyError::WindowShorterThanSkew`] if it is shorter than the skew.
    ///
    /// ```
    /// use consent_engine::{Catalogue, Policy, PolicyError, Span};
    /// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
    /// let policy = policy.with_conflict_window(Span::seconds(30))?;
    /// assert_eq!(policy.conflict_window(), Span::seconds(30));
    /// let refused = policy.with_conflict_window(Span::seconds(1)).map(|_| ());
    /// assert_eq!(refused, Err(PolicyError::WindowShorterThanSkew), "clocks may differ by two seconds");
    /// # Ok::<(), PolicyError>(())
    /// ```
    pub fn with_conflict_window(mut self, window: Span) -> Result<Self, PolicyError> {
        self.conflict_window = window;
        self.checked()
    }

    /// Sets how far the clocks of writers may differ.
    ///
    /// # Errors
    ///
    /// [`PolicyError::WindowShorterThanSkew`] if it is longer than the conflict window.
    ///
    /// ```
    /// use consent_engine::{Catalogue, Policy, PolicyError, Span};
    /// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
    /// let policy = policy.with_skew(Span::seconds(5))?;
    /// assert_eq!(policy.with_skew(Span::seconds(6)).map(|_| ()), Err(PolicyError::WindowShorterThanSkew));
    /// # Ok::<(), PolicyError>(())
    /// ```
    pub fn with_skew(mut self, skew: Span) -> Result<Self, PolicyError> {
        self.skew = skew;
        self.checked()
    }

    /// Sets how long a request for a double opt-in can be confirmed.
    ///
    /// # Errors
    ///
    /// [`PolicyError::ZeroRequestLifetime`] for no time at all.
    ///
    /// ```
    /// use consent_engine::{Catalogue, Policy, PolicyError, Span};
    /// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
    /// let policy = policy.with_request_lifetime(Span::days(2))?;
    /// assert_eq!(policy.with_request_lifetime(Span::ZERO).map(|_| ()), Err(PolicyError::ZeroRequestLifetime));
    /// # Ok::<(), PolicyError>(())
    /// ```
    pub fn with_request_lifetime(mut self, lifetime: Span) -> Result<Self, PolicyError> {
        self.request_lifetime = lifetime;
        self.checked()
    }

    /// Sets how many requests for a double opt-in may be made at one contact point within a time, whoever asks and for whom.
    ///
    /// It keeps a sign-up form from being used to flood somebody with messages.
    ///
    /// # Errors
    ///
    /// [`PolicyError::RequestLimit`] unless `max` is 1 to [`Limits::MAX_REQUESTS`] and `per` is above zero.
    ///
    /// ```
    /// use consent_engine::{Catalogue, Policy, PolicyError, Span};
    /// let policy = Policy::new(1, Catalogue::new([], []).unwrap());
    /// let policy = policy.with_request_limit(1, Span::days(1))?;
    /// assert!(matches!(policy.with_request_limit(0, Span::days(1)), Err(PolicyError::RequestLimit { .. })));
    /// # Ok::<(), PolicyError>(())
    /// ```
    pub fn with_request_limit(mut self, max: u32, per: Span) -> Result<Self, PolicyError> {
        self.request_limit = (max, per);
        self.checked()
    }

    /// Allows the controller to ask a person who refused or withdrew once more, `wait` after that and after the last request.
    ///
    /// By default only the person may ask. Somebody who complained or was erased is never asked.
    #[must_use]
    pub const fn with_reinvitation(mut self, wait: Span) -> Self {
        self.reinvitation = Some(wait);
        self
    }

    fn checked(self) -> Result<Self, PolicyError> {
        if self.conflict_window < self.skew {
            Err(PolicyError::WindowShorterThanSkew)
        } else if self.request_lifetime == Span::ZERO {
            Err(PolicyError::ZeroRequestLifetime)
        } else if !self.counts_requests() {
            Err(PolicyError::RequestLimit)
        } else {
            Ok(self)
        }
    }

    fn counts_requests(&self) -> bool {
        let (max, per) = self.request_limit;
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        (1..=Limits::MAX_REQUESTS).contains(&max) && per != Span::ZERO
    }

    /// Sets how old a snapshot may be before it no longer permits.
    #[must_use]
    pub const fn with_snapshot_age(mut self, age: Span) -> Self {
        self.snapshot_age = age;
        self
    }

    /// Sets the age in years from which a person may lift what a guardian set.
    #[must_use]
    pub const fn with_age_of_majority(mut self, years: u8) -> Self {
        self.age_of_majority = years;
        self
    }

    /// Allows a new person at an erased address to consent there, by a confirmation from that address.
    #[must_use]
    pub const fn with_return_after_erasure(mut self, allowed: bool) -> Self {
        self.erased_may_return = allowed;
        self
    }

    /// Names the systems whose reports of the person's own acts may lift restrictions.
    #[must_use]
    pub fn with_lifting_systems(mut self, systems: impl IntoIterator<Item = SystemId>) -> Self {
        self.lifting_systems = systems.into_iter().collect();
        self.lifting_systems.sort_unstable();
        self
    }

    /// Sets the limits.
    #[must_use]
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The version, as decisions report it.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// The purposes and channels.
    #[must_use]
    pub const fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The span within which two acts count as simultaneous.
    #[must_use]
    pub const fn conflict_window(&self) -> Span {
        self.conflict_window
    }

    /// How far the clocks of writers may differ.
    #[must_use]
    pub const fn skew(&self) -> Span {
        self.skew
    }

    /// How long a request for a double opt-in can be confirmed.
    #[must_use]
    pub const fn request_lifetime(&self) -> Span {
        self.request_lifetime
    }

    /// How many requests may be made at one contact point, and within which time.
    #[must_use]
    pub const fn request_limit(&self) -> (u32, Span) {
        self.request_limit
    }

    /// How long after a refusal the controller may ask again; never if [`None`].
    #[must_use]
    pub const fn reinvitation(&self) -> Option<Span> {
        self.reinvitation
    }

    /// How old a snapshot may be before it no longer permits.
    #[must_use]
    pub const fn snapshot_age(&self) -> Span {
        self.snapshot_age
    }

    /// The age in years from which a person may lift what a guardian set.
    #[must_use]
    pub const fn age_of_majority(&self) -> u8 {
        self.age_of_majority
    }

    /// Whether a new person may consent at an erased address.
    #[must_use]
    pub const fn allows_return_after_erasure(&self) -> bool {
        self.erased_may_return
    }

    /// Whether reports of a system may lift.
    #[must_use]
    pub fn trusts_to_lift(&self, system: SystemId) -> bool {
        self.lifting_systems.binary_search(&system).is_ok()
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }
}
