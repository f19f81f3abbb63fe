//! How often is too often.

use crate::decision::answer::NO_SOURCE;
use crate::decision::collect::{Collect, EdgeMicros as _, Flow};
use crate::decision::{Query, Reason};
use crate::purpose::PurposeRules;
use crate::time::{Span, Timestamp};

/// Fails if the contacts of late reached the cap or the last is too near.
#[inline(always)]
pub(super) fn frequency(rules: &PurposeRules, query: &Query, now: Timestamp, out: &mut impl Collect) -> Flow {
    if rules.cap.is_none() && rules.cool_down.is_none() {
        return Flow::Continue(());
    }
    let Some(contacts) = query.contacts else {
        return out.fail(Reason::ContactsUncounted, NO_SOURCE, None);
    };
    if let Some(cap) = rules.cap
        && contacts.count >= cap.max
    {
        let frees = contacts.oldest.unwrap_or(now).saturating_add(cap.per);
        wait(Reason::FrequencyCap, frees, now, out)?;
    }
    if let (Some(cool_down), Some(latest)) = (rules.cool_down, contacts.latest)
        && latest.saturating_add(cool_down) > now
    {
        wait(Reason::CoolDown, latest.saturating_add(cool_down), now, out)?;
    }
    Flow::Continue(())
}

/// Fails until `until`; a count that should have ended by now ends in the next instant.
fn wait(reason: Reason, until: Timestamp, now: Timestamp, out: &mut impl Collect) -> Flow {
    let until = until.max(now.saturating_add(Span::micros(1)));
    out.edge_micros(until.unix_micros(), now.unix_micros());
    out.fail(reason, NO_SOURCE, Some(until))
}
