use alloc::vec::Vec;

use proptest::bool::weighted as chance;
use proptest::prelude::*;

use super::pick::{any_of, maybe};
use super::purpose::{bases_for, evidence_needs, frequency_caps, id, notice_id, opt_out_rules};
use crate::channel::{Channel, ChannelName};
use crate::evidence::Strength;
use crate::purpose::{
    Catalogue, EvidenceNeed, FrequencyCap, LawfulBasis, NoticeNeed, OptOutRule, Purpose, PurposeClass,
    PurposeId,
};
use crate::time::Span;

/// A place in the tree of purposes that every catalogue of this module has.
struct Place {
    id: PurposeId,
    class: PurposeClass,
    parent: Option<PurposeId>,
    channels: Vec<Channel>,
}

impl Place {
    /// Puts a purpose here.
    fn hold(&self, purpose: Purpose) -> Purpose {
        let purpose = purpose.with_channels(self.channels.iter().copied());
        match self.parent {
            Some(parent) => purpose.with_parent(parent),
            None => purpose,
        }
    }
}

/// The tree: three levels, every class, classes mixed along a branch. What is drawn most comes first.
fn places() -> Vec<Place> {
    use Channel::{Email, Postal, Sms, Voice};
    use PurposeClass as C;
    let kiosk = Channel::Other(kiosk());
    let place = |name, class, parent: Option<&str>, channels: &[_]| Place {
        id: id(name),
        class,
        parent: parent.map(id),
        channels: channels.into(),
    };
    alloc::vec![
        place("news", C::Marketing, None, &[Email, Sms]),
        place("news.weekly", C::Marketing, Some("news"), &[Email]),
        place("profiling", C::Processing, None, &[]),
        place("account.offers", C::Relationship, Some("account"), &[Email]),
        place("news.weekly.sport", C::Marketing, Some("news.weekly"), &[Email, Sms, kiosk]),
        place("account", C::Service, None, &[Email, Sms, Voice]),
        place("account.alarm", C::SecurityAlert, Some("account"), &[Email, Sms]),
        place("account.offers.partner", C::Marketing, Some("account.offers"), &[Email]),
        place("receipts", C::Transactional, None, &[Email, Postal]),
        place("profiling.share", C::Processing, Some("profiling"), &[]),
    ]
}

/// The one channel beyond the standard ones.
#[allow(clippy::expect_used, reason = "a fixed name")]
pub(super) fn kiosk() -> ChannelName {
    ChannelName::new("kiosk").expect("a valid name")
}

#[allow(clippy::expect_used, reason = "consistent by construction; the tests draw thousands")]
fn consistent(purposes: impl IntoIterator<Item = Purpose>) -> Catalogue {
    Catalogue::new(purposes, [kiosk()]).expect("a consistent catalogue")
}

/// The catalogue of the default world.
pub(super) fn default_catalogue() -> Catalogue {
    consistent(places().into_iter().map(|place| place.hold(default_purpose(&place))))
}

fn default_purpose(place: &Place) -> Purpose {
    use LawfulBasis as B;
    let need = EvidenceNeed::default();
    let of = |basis| Purpose::new(place.id, place.class, basis);
    match place.id.as_str() {
        "news" => of(B::Consent),
        "news.weekly" => {
            of(B::Consent).with_evidence(EvidenceNeed { strength: Strength::DoubleOptIn, ..need })
        }
        "news.weekly.sport" => {
            let notice = Some(NoticeNeed { id: notice_id("marketing"), since: 2 });
            of(B::Consent).with_evidence(EvidenceNeed { notice, ..need }).with_validity(Span::days(1))
        }
        "profiling" => of(B::Consent).with_evidence(EvidenceNeed { minimum_age: Some(16), ..need }),
        "account" => of(B::Contract).with_opt_out(OptOutRule::ByName),
        "account.alarm" => of(B::LegalObligation).with_opt_out(OptOutRule::Allowed),
        "account.offers" => of(B::LegitimateInterests)
            .with_cap(FrequencyCap { max: 2, per: Span::days(1) })
            .with_cool_down(Span::hours(1)),
        "account.offers.partner" => of(B::Consent).with_verified_only(true),
        "profiling.share" => of(B::LegitimateInterests).with_retired(true),
        _ => of(B::Contract),
    }
}

/// Definitions of one purpose: basis, needs of evidence, validity, cap, cool-down, opt-out rule, verified addresses
/// only, and retirement vary; each extra is rare enough for grants to take effect. It has no parent, and the
/// channel e-mail unless it is Processing.
pub fn purposes(id: PurposeId, class: PurposeClass) -> impl Strategy<Value = Purpose> + Clone {
    let validity = any_of([Span::days(1), Span::hours(1), Span::seconds(5), Span::days(30)]);
    let cool_down = any_of([Span::hours(1), Span::days(1)]);
    let limits = (maybe(0.2, validity), any::<bool>(), maybe(0.1, frequency_caps()), maybe(0.1, cool_down));
    let asked = (bases_for(class), evidence_needs(), maybe(0.4, opt_out_rules(class)));
    let flags = (chance(0.12), chance(0.06), any::<bool>());
    (asked, limits, flags).prop_map(move |(asked, limits, flags)| {
        let (basis, need, opt_out) = asked;
        let (validity, refreshed, cap, cool_down) = limits;
        let (verified_only, retired, topic) = flags;
        let channels = (class != PurposeClass::Processing).then_some(Channel::Email);
        let mut purpose = Purpose::new(id, class, basis)
            .with_channels(channels)
            .with_evidence(need)
            .with_verified_only(verified_only)
            .with_retired(retired)
            .with_topic(topic);
        if let Some(validity) = validity {
            purpose = purpose.with_validity(validity);
            if refreshed {
                purpose = purpose.with_refresh(Span::micros(validity.as_micros() >> 1));
            }
        }
        purpose = opt_out.map_or(purpose.clone(), |rule| purpose.with_opt_out(rule));
        purpose = cap.map_or(purpose.clone(), |cap| purpose.with_cap(cap));
        cool_down.map_or(purpose.clone(), |span| purpose.with_cool_down(span))
    })
}

/// Catalogues of ten purposes in one tree of three levels, with every class, classes mixed along a branch, and one
/// channel of the tenant's own (`other:kiosk`). The definitions vary as in [`purposes`].
pub fn catalogues() -> impl Strategy<Value = Catalogue> + Clone {
    let drawn: Vec<_> = places().iter().map(|place| purposes(place.id, place.class).boxed()).collect();
    drawn.prop_map(|drawn| consistent(places().iter().zip(drawn).map(|(place, purpose)| place.hold(purpose))))
}
