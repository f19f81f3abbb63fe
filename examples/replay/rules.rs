use alloc::sync::Arc;

use consent_engine::{Catalogue, ChannelName, Policy, Purpose, RegimeSet};

use crate::fault::Fault;
use crate::format::{PolicyChange, PolicySpec, Settings};

/// The policy of a scenario, and what it is made of.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) policy: Arc<Policy>,
    pub(crate) regimes: RegimeSet,
    purposes: Vec<Purpose>,
    channels: Vec<ChannelName>,
    values: PolicySpec,
}

impl Rules {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Fault> {
        let purposes = settings.catalogue.clone();
        let channels = settings.channels.clone();
        let catalogue = Catalogue::new(purposes.clone(), channels.clone());
        let catalogue = catalogue.map_err(|error| Fault::field("catalogue", error))?;
        let values = settings.policy.clone();
        let policy = policy(1, catalogue, &values)?.into();
        let regimes = settings.regimes.iter().copied().collect();
        Ok(Self { policy, regimes, purposes, channels, values })
    }

    /// The next version of the policy.
    pub(crate) fn change(&mut self, change: &PolicyChange) -> Result<(), Fault> {
        let mut purposes = self.purposes.clone();
        for purpose in &change.purposes {
            match purposes.iter_mut().find(|own| own.id() == purpose.id()) {
                Some(own) => own.clone_from(purpose),
                None => purposes.push(purpose.clone()),
            }
        }
        let mut channels = self.channels.clone();
        channels.extend(&change.channels);
        let catalogue = self.policy.catalogue().evolve(purposes.clone(), channels.clone());
        let catalogue = catalogue.map_err(|error| Fault::field("purposes", error))?;
        let values = change.values.clone().or(self.values.clone());
        self.policy = policy(self.policy.version().saturating_add(1), catalogue, &values)?.into();
        (self.purposes, self.channels, self.values) = (purposes, channels, values);
        Ok(())
    }
}

fn policy(version: u64, catalogue: Catalogue, values: &PolicySpec) -> Result<Policy, Fault> {
    let mut policy = Policy::new(version, catalogue);
    let wrong = |error: consent_engine::PolicyError| Fault::field("policy", error);
    // The skew may grow with the window, or shrink before it: whichever is given is tried in both orders.
    if let (Some(window), Some(skew)) = (values.conflict_window, values.skew) {
        let wide = window.max(policy.conflict_window());
        policy = policy.with_conflict_window(wide).map_err(wrong)?;
        policy = policy.with_skew(skew).map_err(wrong)?;
        policy = policy.with_conflict_window(window).map_err(wrong)?;
    } else if let Some(window) = values.conflict_window {
        policy = policy.with_conflict_window(window).map_err(wrong)?;
    } else if let Some(skew) = values.skew {
        policy = policy.with_skew(skew).map_err(wrong)?;
    }
    if let Some(lifetime) = values.request_lifetime {
        policy = policy.with_request_lifetime(lifetime).map_err(wrong)?;
    }
    if let Some(age) = values.snapshot_age {
        policy = policy.with_snapshot_age(age);
    }
    if let Some(years) = values.age_of_majority {
        policy = policy.with_age_of_majority(years);
    }
    if let Some(allowed) = values.return_after_erasure {
        policy = policy.with_return_after_erasure(allowed);
    }
    if let Some(systems) = &values.lifting_systems {
        policy = policy.with_lifting_systems(systems.iter().copied());
    }
    if let Some(limits) = values.limits {
        policy = policy.with_limits(limits);
    }
    Ok(policy)
}
