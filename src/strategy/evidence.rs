use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;

use super::World;
use super::pick::{any_of, choose, maybe, pick};
use super::purpose::notice_id;
use super::time::timestamps;
use crate::evidence::{Evidence, LanguageTag, Method, Note, Notice, NoticeId, SourceName, Strength};

/// Every strength, the middle one most often.
pub fn strengths() -> impl Strategy<Value = Strength> + Clone {
    pick([(4, Strength::Explicit), (3, Strength::DoubleOptIn), (1, Strength::Implicit)])
}

/// Every method, a clear act most often; about one in five is no consent.
pub fn methods() -> impl Strategy<Value = Method> + Clone {
    choose![
        8 => Just(Method::Explicit),
        3 => Just(Method::DoubleOptIn),
        4 => any_of(Method::ALL),
    ]
}

/// The notices that the world's purposes ask for, and `terms`, which none of [`worlds`](super::worlds) asks for.
pub fn notice_ids(world: &World) -> impl Strategy<Value = NoticeId> + Clone + use<> {
    let mut ids: Vec<_> = needs(world).map(|(id, _)| (4, id)).collect();
    ids.push((1, notice_id("terms")));
    pick(ids)
}

/// Notices, with versions about those that the world's purposes ask for: the version itself, one less, one more.
pub fn notices(world: &World) -> impl Strategy<Value = Notice> + Clone + use<> {
    let mut notices: Vec<_> = needs(world)
        .flat_map(|(id, since)| {
            [(4, since), (2, since.saturating_sub(1)), (2, since.saturating_add(1)), (1, u32::MAX)]
                .map(|(weight, version)| (weight, Notice { id, version }))
        })
        .collect();
    notices.push((1, Notice { id: notice_id("terms"), version: 1 }));
    pick(notices)
}

fn needs(world: &World) -> impl Iterator<Item = (NoticeId, u32)> {
    let purposes = world.policy.catalogue().iter();
    purposes.filter_map(|(_, purpose)| purpose.evidence().notice).map(|need| (need.id, need.since))
}

/// Ages about those at which the policy turns: the age itself, a year less, a year more; and the ends.
pub fn ages(world: &World) -> impl Strategy<Value = u8> + Clone + use<> {
    let purposes = world.policy.catalogue().iter();
    let mut turning: Vec<_> = purposes.filter_map(|(_, purpose)| purpose.evidence().minimum_age).collect();
    turning.sort_unstable();
    turning.dedup();
    turning.push(world.policy.age_of_majority());
    let near = turning.into_iter().flat_map(|age| [age, age.saturating_sub(1), age.saturating_add(1)]);
    choose![6 => any_of(near), 1 => any_of([30, 0, u8::MAX])]
}

/// One of four sources.
#[allow(clippy::expect_used, reason = "fixed names")]
pub fn source_names() -> impl Strategy<Value = SourceName> + Clone {
    let names = ["web", "preference_center", "email_link", "support"];
    any_of(names.map(|name| SourceName::new(name).expect("a valid name")))
}

/// One of three languages.
#[allow(clippy::expect_used, reason = "fixed names")]
pub fn language_tags() -> impl Strategy<Value = LanguageTag> + Clone {
    any_of(["en", "de-at", "zh-hant-tw"].map(|tag| LanguageTag::new(tag).expect("a valid name")))
}

/// Notes: a few plain ones, the empty one, the longest, and any text at all, cleaned.
pub fn notes() -> impl Strategy<Value = Note> + Clone {
    choose![
        8 => any_of(["192.0.2.7", "called the hotline", "", "\u{202e}\"\\ü\u{1f98a}"]).prop_map(Note::lossy),
        1 => Just(Note::lossy(&"x".repeat(Note::MAX_CHARS))),
        2 => vec(any::<char>(), 0..24).prop_map(|text| Note::lossy(&String::from_iter(text))),
    ]
}

/// Evidence: a method and a source; notices and ages as in [`notices`] and [`ages`], often there; the rest rarely.
pub fn evidence(world: &World) -> impl Strategy<Value = Evidence> + Clone + use<> {
    let shown = (maybe(0.7, notices(world)), maybe(0.2, language_tags()), maybe(0.1, any::<[u8; 32]>()));
    let person = (maybe(0.5, ages(world)), maybe(0.15, timestamps(world)));
    let text = maybe(0.08, notes());
    let texts = (text.clone(), text.clone(), text.clone(), text.clone(), text);
    (methods(), source_names(), shown, person, texts).prop_map(|(method, source, shown, person, texts)| {
        let (notice, language, hash) = shown;
        let (age, confirmed) = person;
        let (detail, ip, agent, reason, reference) = texts;
        let evidence = add(Evidence::new(method, source), notice, Evidence::with_notice);
        let evidence = add(evidence, language, Evidence::with_language);
        let evidence = add(evidence, hash, Evidence::with_content_hash);
        let evidence = add(evidence, age, Evidence::with_age);
        let evidence = add(evidence, confirmed, Evidence::with_double_opt_in_at);
        let evidence = add(evidence, detail, Evidence::with_source_detail);
        let evidence = add(evidence, ip, Evidence::with_ip);
        let evidence = add(evidence, agent, Evidence::with_user_agent);
        let evidence = add(evidence, reason, Evidence::with_reason);
        add(evidence, reference, Evidence::with_external_ref)
    })
}

fn add<T>(evidence: Evidence, part: Option<T>, with: fn(Evidence, T) -> Evidence) -> Evidence {
    match part {
        Some(part) => with(evidence, part),
        None => evidence,
    }
}
