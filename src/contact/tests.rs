use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

mod email;
#[cfg(feature = "idna")]
mod idna;
mod leak;
mod phone;
#[cfg(feature = "phone")]
mod plan;
mod stored;

/// Every set of rules there is.
fn all_rules() -> Vec<CoarseRules> {
    let mut all = Vec::new();
    for plus_tag in [PlusTag::Keep, PlusTag::Strip] {
        for providers in [ProviderRules::None, ProviderRules::V1] {
            all.push(CoarseRules::V1.with_plus_tag(plus_tag).with_providers(providers));
        }
    }
    all
}

fn rules() -> impl Strategy<Value = CoarseRules> {
    prop::sample::select(all_rules())
}

fn live_rules() -> impl Strategy<Value = LiveRules> {
    prop::collection::vec(rules(), 1..4).prop_map(|sets| {
        let mut sets = sets.into_iter();
        let first = sets.next().unwrap();
        sets.fold(LiveRules::new(first), LiveRules::upgrade)
    })
}

/// Texts near the edge of what is an address: most parts are fit for one, some are not.
fn near_addresses() -> impl Strategy<Value = String> {
    let characters =
        "aAzZ09.+-_'!@\"\\( ßẞıİſKﬁＡ＋．ｅéςΣͅᾳﷺ½①⑴𝐀ǅꭰᏸᲐა\u{301}\u{200b}\0аα·ŉ".chars().collect::<Vec<_>>();
    let local = prop::collection::vec(prop::sample::select(characters), 1..9).prop_map(String::from_iter);
    let domain = prop::sample::select(alloc::vec![
        "example.com",
        "Gmail.com",
        "googlemail.com",
        "xn--mnchen-3ya.de",
        "MÜNCHEN.de",
        "faß.de",
        "a-b.c",
        "ｅxample。com",
        "-a.de",
        "a..de",
        "[1.2.3.4]",
        "xn--bogus-.de",
        "日本.jp",
        "a_b.de",
        "اختبار.example",
    ]);
    prop_oneof![
        4 => (local, domain).prop_map(|(local, domain)| alloc::format!("{local}@{domain}")),
        1 => "[a-zA-Z0-9.+]{1,12}@[a-zA-Z0-9.-]{1,12}",
        1 => any::<String>(),
    ]
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn coarse(text: &str, rules: CoarseRules) -> String {
    email(text).coarse(rules).text().into_exposed().to_string()
}
