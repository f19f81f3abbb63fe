//! Records of one person: merged, unmerged, asked about by any of their names.

use consent_engine::store::MemoryStore;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

fn seen(why: &str) -> Evidence {
    Evidence::new(Method::Explicit, SourceName::new("support").unwrap()).with_reason(Note::lossy(why))
}

fn merge(shop: &Shop<MemoryStore>, one: SubjectId, other: SubjectId) -> Outcome<MemoryStore> {
    shop.engine.merge(one, other, operator(), seen("same passport"), shop.stamp())
}

fn unmerge(shop: &Shop<MemoryStore>, one: SubjectId, other: SubjectId) -> Outcome<MemoryStore> {
    shop.engine.unmerge(one, other, operator(), seen("two passports"), shop.stamp())
}

fn subject(number: u128) -> SubjectId {
    SubjectId::from_u128(0x9000 + number)
}

/// Ada has an address and consents, Bob has another and does not.
fn two_records() -> Shop<MemoryStore> {
    let shop = Shop::new();
    shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    shop.attach(OTHER_PERSON, "bob@example.com");
    shop
}

#[test]
fn a_merged_person_is_found_by_every_name_of_theirs() {
    let shop = two_records();
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    shop.engine.claim(OTHER_PERSON, &alias, operator(), shop.stamp()).unwrap();
    merge(&shop, PERSON, OTHER_PERSON).unwrap();
    for who in [
        Who::from(PERSON),
        Who::from(OTHER_PERSON),
        Who::from(alias.clone()),
        Who::from(address("bob@example.com")),
    ] {
        assert!(shop.permits(who.clone(), "ada@example.com", "news"), "{who:?}");
        assert!(
            !shop.permits(who, "bob@example.com", "news"),
            "d03: a grant is for the address that gave it"
        );
    }
    // Another record of the same person may claim what is theirs already.
    shop.engine.claim(PERSON, &alias, operator(), shop.stamp()).unwrap();
    unmerge(&shop, PERSON, OTHER_PERSON).unwrap();
    let found = shop.engine.load(alias).unwrap();
    assert_eq!(found.subject().ids, [OTHER_PERSON], "an alias stays with the record that claimed it");
}

/// SuiteCRM #7132, veda mailchimp #277: a merge lifts an opt-out, or spreads it to nobody's benefit.
#[test]
fn d02_a_merge_lifts_no_opt_out_and_says_whose_it_is() {
    let shop = two_records();
    shop.opt_out(OTHER_PERSON, Scope::purpose(id("news"))).unwrap();
    assert!(shop.permits(PERSON, "ada@example.com", "news"));
    merge(&shop, PERSON, OTHER_PERSON).unwrap();
    let decision = shop.at(PERSON, "ada@example.com", "news");
    assert!(decision.reasons.contains(Reason::OptOut));
    let deciding: Vec<_> = decision.deciding.iter().filter_map(|fact| fact.position).collect();
    assert!(deciding.iter().any(|at| at.log.aggregate == Aggregate::Subject(OTHER_PERSON)), "{decision:?}");
    // A new word of the person, who sees it, names it.
    shop.pass(60);
    shop.opt_in(PERSON, "news").unwrap();
    assert!(shop.permits(PERSON, "ada@example.com", "news"));
}

#[test]
fn d04_l47_an_unmerge_sheds_no_restriction_and_later_ones_stay_apart() {
    let shop = two_records();
    shop.opt_in(OTHER_PERSON, "news").unwrap();
    merge(&shop, PERSON, OTHER_PERSON).unwrap();
    shop.opt_out(OTHER_PERSON, Scope::purpose(id("news"))).unwrap();
    unmerge(&shop, OTHER_PERSON, PERSON).unwrap();
    assert!(!shop.permits(PERSON, "ada@example.com", "news"));
    assert!(!shop.permits(OTHER_PERSON, "bob@example.com", "news"));
    shop.pass(60);
    for (person, text) in [(PERSON, "ada@example.com"), (OTHER_PERSON, "bob@example.com")] {
        shop.opt_in(person, "news").unwrap();
        assert!(shop.permits(person, text, "news"), "{person:?} lifts it for themselves");
    }
    shop.opt_out(OTHER_PERSON, Scope::purpose(id("news"))).unwrap();
    assert!(!shop.permits(OTHER_PERSON, "bob@example.com", "news"));
    assert!(shop.permits(PERSON, "ada@example.com", "news"), "they are two people again");
}

#[test]
fn d05_what_cannot_be_merged_is_refused_and_leaves_nothing() {
    let shop = two_records();
    merge(&shop, PERSON, OTHER_PERSON).unwrap();
    let before = image(shop.engine.store());
    let rejected = |outcome| match refused(outcome) {
        OperationError::Rejected(rejection) => rejection,
        other => panic!("{other:?}"),
    };
    assert_eq!(rejected(merge(&shop, PERSON, PERSON)), Rejection::SelfLink);
    assert_eq!(rejected(merge(&shop, OTHER_PERSON, PERSON)), Rejection::MergeCycle);
    assert_eq!(rejected(unmerge(&shop, PERSON, subject(9))), Rejection::NotMerged);
    let by_nobody = shop.engine.merge(PERSON, subject(9), Actor::subject(), seen("me"), shop.stamp());
    assert_eq!(rejected(by_nobody), Rejection::NotAuthorized, "l48");
    assert_eq!(image(shop.engine.store()), before, "l53");
}

#[test]
fn a_chain_of_merges_is_one_person_up_to_the_limit() {
    let shop = two_records();
    let mut last = PERSON;
    for number in 1..64 {
        merge(&shop, last, subject(number)).unwrap_or_else(|error| panic!("{number}: {error}"));
        last = subject(number);
    }
    assert!(shop.permits(last, "ada@example.com", "news"));
    let limit = Rejection::LimitExceeded { which: Limited::MergedRecords, max: 64 };
    assert_eq!(refused(merge(&shop, subject(5), subject(64))), OperationError::Rejected(limit));
    shop.opt_out(subject(33), Scope::purpose(id("news"))).unwrap();
    assert!(!shop.permits(PERSON, "ada@example.com", "news"));
    unmerge(&shop, subject(10), subject(11)).unwrap();
    shop.pass(60);
    shop.opt_in(PERSON, "news").unwrap();
    assert!(shop.permits(subject(10), "ada@example.com", "news"));
    assert!(!shop.permits(subject(11), "ada@example.com", "news"), "the address is the other part's");
}

#[test]
fn two_persons_of_several_records_are_merged() {
    let shop = two_records();
    merge(&shop, PERSON, subject(1)).unwrap();
    merge(&shop, OTHER_PERSON, subject(2)).unwrap();
    shop.opt_out(subject(2), Scope::purpose(id("news"))).unwrap();
    assert!(shop.permits(subject(1), "ada@example.com", "news"));
    merge(&shop, subject(1), subject(2)).unwrap();
    assert!(shop.at(PERSON, "ada@example.com", "news").reasons.contains(Reason::OptOut));
    assert_eq!(shop.engine.load(OTHER_PERSON).unwrap().subject().ids.len(), 4);
}

#[test]
fn a_preview_says_what_a_merge_would_change_and_writes_nothing() {
    let shop = two_records();
    shop.opt_out(OTHER_PERSON, Scope::purpose(id("events"))).unwrap();
    shop.opt_in(PERSON, "events").unwrap();
    let before = image(shop.engine.store());
    let preview = shop.engine.preview_merge(PERSON, OTHER_PERSON, RegimeSet::OPT_IN, shop.now()).unwrap();
    assert_eq!(image(shop.engine.store()), before);
    let less: Vec<_> = preview.iter().filter(|change| !change.is_more()).collect();
    assert!(
        !less.is_empty()
            && less.iter().all(|change| change.subject == PERSON && change.cell.purpose == id("events"))
    );
    assert!(less.iter().all(|change| change.reasons.contains(Reason::OptOut)));
    let more: Vec<_> = preview.iter().filter(|change| change.is_more()).collect();
    let gained =
        |who, purpose| more.iter().any(|change| change.subject == who && change.cell.purpose == id(purpose));
    assert!(
        gained(OTHER_PERSON, "news") && !gained(PERSON, "news"),
        "what is permitted at the address of the other"
    );
    merge(&shop, PERSON, OTHER_PERSON).unwrap();
    for change in preview {
        let query = Query {
            channel: change.cell.channel,
            point: change.cell.point,
            ..shop.ask(change.cell.purpose.as_str())
        };
        let after = shop.engine.evaluate(change.subject, &query, shop.now()).unwrap();
        assert_eq!(after.verdict.is_permit(), change.after.is_permit());
    }
}

#[test]
fn two_records_of_one_person_make_no_address_ambiguous() {
    let shop = two_records();
    shop.attach(OTHER_PERSON, "ada@example.com");
    let ambiguous = OperationError::AmbiguousSubject { subjects: 2 };
    assert_eq!(refused(shop.opt_in(address("ada@example.com"), "events")), ambiguous);
    merge(&shop, PERSON, OTHER_PERSON).unwrap();
    shop.opt_in(address("ada@example.com"), "events").unwrap();
    assert!(shop.permits(PERSON, "ada@example.com", "events"));
}

/// devise #5783: a new address inherits what bites at the old one, and nothing that was granted there.
#[test]
fn a_new_address_inherits_opt_outs_and_no_grants() {
    let shop = two_records();
    let replaced = shop.engine.replace(
        PERSON,
        &address("ada@example.com"),
        &address("ada@new.example"),
        Actor::subject(),
        shop.stamp(),
    );
    replaced.unwrap();
    assert!(!shop.permits(PERSON, "ada@new.example", "news"), "a grant never carries over");
    shop.opt_in(PERSON, "news").unwrap();
    assert!(shop.permits(PERSON, "ada@new.example", "news"));
    shop.opt_out(address("ada@example.com"), Scope::purpose(id("news"))).unwrap();
    assert!(
        !shop.permits(PERSON, "ada@new.example", "news"),
        "late news from the old address bite at the new one"
    );
    let unknown = shop.engine.replace(
        PERSON,
        &address("nobody@example.com"),
        &address("x@example.com"),
        operator(),
        shop.stamp(),
    );
    assert_eq!(refused(unknown), OperationError::Rejected(Rejection::UnknownContactPoint));
}

/// Two secrets, each of which one engine did without: two persons could claim one alias.
#[test]
fn l11_a_contested_alias_denies_takes_restrictions_of_all_and_is_settled() {
    let store = MemoryStore::new();
    let with = |secrets| Engine::new(&store, settings().with_index_secrets(secrets));
    let (old, new) = (IndexSecrets::new([7; 32]), IndexSecrets::new([8; 32]));
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    let clock = Shop::new();
    with(old.clone()).claim(PERSON, &alias, operator(), clock.stamp()).unwrap();
    with(new).claim(OTHER_PERSON, &alias, operator(), clock.stamp()).unwrap();
    let shop = Shop::with(with(old.and([8; 32])));
    shop.pass(1_000);
    let stamp = |number: u128| Stamp::new(shop.now(), CommandId::from_u128(0x5_0000 + number));
    for (number, person, text) in [(1, PERSON, "ada@example.com"), (2, OTHER_PERSON, "bob@example.com")] {
        shop.engine.attach(person, &address(text), operator(), stamp(number)).unwrap();
    }
    shop.pass(60);
    let asked = shop.at(alias.clone(), "ada@example.com", "news");
    assert!(asked.reasons.contains(Reason::IdentityContested), "{asked:?}");
    let stated = Stated { purpose: Breadth::Exactly(id("news")), channel: Some(Channel::Email), point: None };
    let opt_in = shop.engine.opt_in(alias.clone(), [stated], explicit(), stamp(3));
    assert_eq!(refused(opt_in), OperationError::AliasContested);
    shop.engine.opt_out(alias.clone(), [Scope::purpose(id("news"))], stamp(4)).unwrap();
    for (person, text) in [(PERSON, "ada@example.com"), (OTHER_PERSON, "bob@example.com")] {
        assert!(shop.at(person, text, "news").reasons.contains(Reason::OptOut), "whoever it was");
    }
    let settle = |owner, actor, number| {
        let settings = shop.engine.settings().clone();
        shop.engine.run(op::Decide::resolve_contest(settings, owner, alias.clone(), actor, stamp(number)))
    };
    assert_eq!(
        refused(settle(PERSON, Actor::subject(), 5)),
        OperationError::Rejected(Rejection::NotAuthorized)
    );
    assert_eq!(refused(settle(subject(1), operator(), 6)), OperationError::Rejected(Rejection::NotClaimed));
    settle(OTHER_PERSON, operator(), 7).unwrap();
    assert_eq!(shop.engine.load(alias.clone()).unwrap().subject().ids, [OTHER_PERSON]);
    assert_eq!(
        refused(settle(OTHER_PERSON, operator(), 8)),
        OperationError::Rejected(Rejection::NothingToClear)
    );
    let claim = shop.engine.claim(PERSON, &alias, operator(), stamp(9));
    assert_eq!(refused(claim), OperationError::AliasConflict);
}

/// d53: what kind of subject somebody is, and that an address is a role address, is kept and denies by silence.
#[test]
fn d53_descriptions_are_kept_and_can_be_corrected() {
    let shop = two_records();
    let soft = |shop: &Shop<MemoryStore>| {
        let query = Query { regimes: RegimeSet::OPT_OUT, ..shop.ask("events") };
        shop.engine.evaluate_at(PERSON, &address("ada@example.com"), &query, shop.now()).unwrap()
    };
    assert!(soft(&shop).verdict.is_permit());
    let describe =
        |what, actor| shop.engine.decide(PERSON, Command::new(actor, Act::Describe(what)), shop.stamp());
    let child = Description::Kind(SubjectKind::Child);
    let refusal = describe(child, Actor::subject());
    assert_eq!(refused(refusal), OperationError::Rejected(Rejection::NotAuthorized));
    describe(child, operator()).unwrap();
    assert!(soft(&shop).reasons.contains(Reason::Minor));
    describe(Description::Kind(SubjectKind::Deceased), operator()).unwrap();
    assert!(soft(&shop).reasons.contains(Reason::Deceased));
    describe(Description::Kind(SubjectKind::Person), operator()).unwrap();
    assert!(soft(&shop).verdict.is_permit(), "a mistake can be corrected");
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    describe(Description::RoleAddress { point, is: true }, operator()).unwrap();
    assert!(soft(&shop).reasons.contains(Reason::RoleAddress));
}
