//! What is known of a person besides consent, and how a merged person is explained.

use std::collections::BTreeSet;

use consent_engine::model::Model;
use consent_engine::*;

use crate::support::*;
use crate::town::*;

#[test]
fn d53_what_is_known_of_a_person_restricts_and_can_be_corrected() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    let kind = Description::Kind;
    let silent = |town: &Town<'_>, person| {
        town.ask(person, news(EMAIL), RegimeSet::OPT_OUT, |decision| {
            decision.reasons().iter().collect::<Vec<_>>()
        })
    };
    assert_eq!(silent(&town, ADA), []);
    town.describe(ADA, kind(SubjectKind::Child));
    assert_eq!(silent(&town, ADA), [Reason::Minor]);
    town.describe(ADA, kind(SubjectKind::Person));
    assert_eq!(silent(&town, ADA), []);
    let role = |is| Description::RoleAddress { point: EMAIL, is };
    town.describe(ADA, role(true));
    assert_eq!(silent(&town, ADA), [Reason::RoleAddress]);
    town.describe(ADA, role(false));
    assert_eq!(silent(&town, ADA), []);
    // Two regions that do not know of each other: the more restrictive counts.
    let mut elsewhere = town.clone();
    elsewhere.writer = OTHER_WRITER;
    elsewhere.describe(ADA, kind(SubjectKind::Deceased));
    town.describe(ADA, kind(SubjectKind::Child));
    town.facts.extend(elsewhere.facts.into_iter().filter(|fact| fact.position.log.writer == OTHER_WRITER));
    assert_eq!(silent(&town, ADA), [Reason::Deceased]);
    let told = town.ask(ADA, news(EMAIL), RegimeSet::OPT_OUT, |decision| {
        (decision.standing(), decision.fact_for(Reason::Deceased), decision.explain().to_string())
    });
    assert_eq!(told.0, Standing::Explicit);
    assert!(told.2.contains(&told.1.unwrap().to_string()), "{}", told.2);
}

/// In the past, before a merge, the logs are loaded that the merge brought: what they say of somebody else restricts.
#[test]
fn l41_a_description_of_a_record_that_was_merged_later_restricts_the_past() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.describe(ADA, Description::Kind(SubjectKind::Child));
    let before = town.now;
    town.pass(60);
    town.merge(ADA, BOB);
    let subject = Subject::new(BOB);
    let heads = strategy::heads(&town.facts);
    let view = View::as_of(&policy, subject.clone(), &town.facts, &heads, before).unwrap();
    let model = Model::new(&policy, &subject, town.facts.clone()).as_of(&heads, before);
    let cell = news(SECOND_EMAIL);
    let query = Query::new(policy.catalogue().index(cell.purpose).unwrap(), RegimeSet::OPT_OUT)
        .on(Channel::Email)
        .at(SECOND_EMAIL);
    let decision = evaluate(&view, &query, &policy, before);
    assert_eq!(decision.reasons(), ReasonSet::from_iter([Reason::Minor]));
    assert_eq!(model.evaluate(&query, before).reasons, decision.reasons());
}

/// What is said of one part after an unmerge is said of that part.
#[test]
fn d53_l47_a_description_after_an_unmerge_is_of_one_part() {
    let policy = policy();
    let mut town = Town::of_two(&policy);
    town.describe(ADA, Description::Kind(SubjectKind::Child));
    town.merge(ADA, BOB);
    let silent = |town: &Town<'_>, person, point| {
        town.ask(person, news(point), RegimeSet::OPT_OUT, |decision| {
            decision.reasons().iter().collect::<Vec<_>>()
        })
    };
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), [Reason::Minor]);
    town.unmerge(ADA, BOB);
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), [Reason::Minor], "it was said of both");
    town.describe(BOB, Description::Kind(SubjectKind::Person));
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), []);
    assert_eq!(silent(&town, ADA, EMAIL), [Reason::Minor], "Bob is no child; of Ada nobody said so");
    town.describe(BOB, Description::Kind(SubjectKind::Deceased));
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), [Reason::Deceased]);
    assert_eq!(silent(&town, ADA, EMAIL), [Reason::Minor], "she is alive");
    // Also where what was said of both stands in the log of the one.
    let mut town = Town::of_two(&policy);
    town.describe(BOB, Description::Kind(SubjectKind::Child));
    town.merge(ADA, BOB);
    town.unmerge(ADA, BOB);
    town.describe(BOB, Description::Kind(SubjectKind::Person));
    assert_eq!(silent(&town, BOB, SECOND_EMAIL), []);
    assert_eq!(silent(&town, ADA, EMAIL), [Reason::Minor]);
}

/// The explanation of a merged person names records by their ids, and says of each restriction which it came from.
#[test]
fn d55_an_explanation_names_records_by_opaque_ids_and_nothing_else_of_them() {
    let policy = policy();
    let canary = "canary-7f3a";
    let evidence = || explicit().with_reason(Note::new(canary).unwrap()).with_ip(Note::new(canary).unwrap());
    let mut town = Town::of_two(&policy);
    let opt_out = Command::new(Actor::subject(), Act::OptOut(vec![opt_out_of_news()]));
    town.command(BOB, &opt_out.with_evidence(evidence())).unwrap();
    let object = Command::new(Actor::subject(), Act::Object(vec![Scope::EVERYTHING]));
    town.command(ADA, &object.with_evidence(evidence())).unwrap();
    town.merge(ADA, BOB);
    for parted in [false, true] {
        if parted {
            town.unmerge(ADA, BOB);
        }
        town.ask(ADA, news(EMAIL), RegimeSet::OPT_IN, |decision| {
            let whose = |reason| decision.fact_for(reason).unwrap().log.aggregate;
            assert_eq!(whose(Reason::OptOut), Aggregate::Subject(BOB));
            assert_eq!(whose(Reason::Objection), Aggregate::Subject(ADA));
            let standing: BTreeSet<_> =
                decision.restrictions().map(|(reason, at)| (reason, at.log.aggregate)).collect();
            let expected = [(Reason::OptOut, BOB), (Reason::Objection, ADA)];
            assert_eq!(standing, expected.map(|(reason, who)| (reason, Aggregate::Subject(who))).into());
            let record = serde_json::to_string(&decision.to_record()).unwrap();
            let why = decision.why(&policy);
            for text in [decision.explain().to_string(), format!("{decision:?}"), record, why.clone()] {
                assert!(!text.contains(canary), "{text}");
            }
            let ids = [ADA, BOB].map(|person| person.to_string());
            assert!(ids.iter().all(|id| !why.contains(id)), "what the recipient reads names nobody: {why}");
        });
    }
}
