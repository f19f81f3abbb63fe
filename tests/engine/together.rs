//! Parts that meet: merges with forms, tokens, imports and addresses that move.

use consent_engine::op::Decide;
use consent_engine::op::import::{Import, ImportCursor, ImportRow, RowOutcome, RowStatement};
use consent_engine::store::MemoryStore;
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

const THIRD_PERSON: SubjectId = SubjectId::from_u128(0x53);
const SHOWING: Showing<'_> = Showing::under(RegimeSet::OPT_IN);

fn seen() -> Evidence {
    Evidence::new(Method::Explicit, SourceName::new("support").unwrap())
}

fn merge(shop: &Shop<MemoryStore>) {
    shop.engine.merge(PERSON, OTHER_PERSON, operator(), seen(), shop.stamp()).unwrap();
}

fn unmerge(shop: &Shop<MemoryStore>) {
    shop.engine.unmerge(PERSON, OTHER_PERSON, operator(), seen(), shop.stamp()).unwrap();
}

fn no(purpose: &str, point: ContactPointId) -> RowWish {
    RowWish::new(cell(purpose, point), Wish::No)
}

#[test]
fn d03_an_address_that_moves_is_taken_from_every_record_of_the_person() {
    let shop = two_people();
    merge(&shop);
    let command = Command::new(operator(), Act::Merge(PERSON)).with_evidence(seen());
    let reassign = Decide::reassign(
        shop.engine.settings().clone(),
        address(ADA),
        OTHER_PERSON,
        Some(THIRD_PERSON),
        command,
        shop.stamp(),
    );
    shop.engine.run(reassign).unwrap();
    assert!(!shop.permits(PERSON, ADA, "news"), "somebody else reads it now");
    unmerge(&shop);
    assert!(!shop.permits(PERSON, ADA, "news"));
    assert!(shop.permits(OTHER_PERSON, "bob@example.com", "news"));
}

/// The same where the command is named after the one who gets the address.
#[test]
fn d03_an_address_that_somebody_gets_is_taken_from_every_record_of_who_had_it() {
    let shop = two_people();
    merge(&shop);
    let point = op::Load::new(settings(), PERSON.into()).at(address(ADA));
    let point = shop.engine.run(point).unwrap().point.unwrap();
    for from in [OTHER_PERSON, PERSON] {
        let copied = Shop::with(Engine::new(copy(shop.engine.store()), settings()));
        copied.pass(10_000);
        let reassign = Act::Reassign { point, from, to: Some(THIRD_PERSON) };
        let stamp = Stamp::new(copied.now(), CommandId::from_u128(0x77));
        copied.engine.decide(THIRD_PERSON, Command::new(operator(), reassign), stamp).unwrap();
        copied.pass(60);
        assert!(!copied.permits(PERSON, ADA, "news"), "taken from {from}");
        let receipts = copied.engine.query(id("receipts"), RegimeSet::OPT_IN).unwrap().on(Channel::Email);
        let asked = |who| copied.engine.evaluate_at(who, &address(ADA), &receipts, copied.now()).unwrap();
        assert!(asked(Who::from(THIRD_PERSON)).verdict.is_permit());
        assert!(!asked(Who::from(PERSON)).verdict.is_permit());
    }
}

#[test]
fn l47_a_new_address_stays_with_the_record_that_had_the_old_one() {
    let shop = two_people();
    merge(&shop);
    let (old, new) = (address("bob@example.com"), address("bob@new.example"));
    shop.engine.replace(PERSON, &old, &new, operator(), shop.stamp()).unwrap();
    shop.opt_in(PERSON, "news").unwrap();
    assert!(shop.permits(PERSON, "bob@new.example", "news"));
    unmerge(&shop);
    assert!(shop.permits(OTHER_PERSON, "bob@new.example", "news"));
    assert!(!shop.permits(PERSON, "bob@new.example", "news"), "it never was Ada's");
}

#[test]
fn l47_a_pause_is_not_ended_by_somebody_who_was_taken_for_the_person() {
    let shop = two_people();
    let pause = Act::Restrict {
        reason: RestrictionReason::Pause,
        scope: Scope::EVERYTHING,
        until: Some(shop.now().saturating_add(Span::days(30))),
    };
    shop.engine.decide(OTHER_PERSON, Command::new(Actor::subject(), pause), shop.stamp()).unwrap();
    merge(&shop);
    unmerge(&shop);
    shop.pass(60);
    let resume = Command::new(Actor::subject(), Act::Resume(Scope::EVERYTHING));
    let refusal = refused(shop.engine.decide(PERSON, resume.clone(), shop.stamp()));
    assert!(!shop.permits(OTHER_PERSON, "bob@example.com", "news"), "it was Bob who paused");
    assert_eq!(refusal, OperationError::Rejected(Rejection::NothingToClear));
    shop.engine.decide(OTHER_PERSON, resume, shop.stamp()).unwrap();
    assert!(shop.permits(OTHER_PERSON, "bob@example.com", "news"));
    assert!(shop.permits(PERSON, ADA, "news"));
}

#[test]
fn d31_a_no_on_a_form_is_taken_though_its_address_is_of_several() {
    let shop = two_people();
    let form = shop.engine.preferences(PERSON, &SHOWING, shop.now()).unwrap().form();
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    shop.attach(OTHER_PERSON, ADA);
    shop.pass(60);
    let wishes = [no("news", point), RowWish::new(cell("events", point), Wish::Yes)];
    let sent = Submission::new(form, wishes).with_evidence(explicit());
    let done = shop.engine.submit_preferences(address(ADA), &sent, shop.stamp()).unwrap();
    assert!(done.changed, "{done:?}");
    assert!(!shop.permits(PERSON, ADA, "news"));
    assert!(!shop.permits(PERSON, ADA, "events"), "whose word that is nobody knows");
    assert!(shop.permits(OTHER_PERSON, "bob@example.com", "news"));
}

fn alias() -> Alias {
    Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap()
}

/// Two secrets, each of which one engine did without: two persons could claim one alias. An engine with both.
fn contested(shop: &Shop<MemoryStore>) -> Engine<&MemoryStore> {
    let with = |secrets| Engine::new(shop.engine.store(), settings().with_index_secrets(secrets));
    for (person, secret) in [(PERSON, 7), (OTHER_PERSON, 8)] {
        with(IndexSecrets::new([secret; 32])).claim(person, &alias(), operator(), shop.stamp()).unwrap();
    }
    with(IndexSecrets::new([7; 32]).and([8; 32]))
}

#[test]
fn l11_a_no_on_a_form_is_taken_though_its_alias_is_contested() {
    let shop = two_people();
    let both = contested(&shop);
    let people = [(PERSON, ADA), (OTHER_PERSON, "bob@example.com")];
    for (at, (person, text)) in people.into_iter().enumerate() {
        let form = both.preferences(person, &SHOWING, shop.now()).unwrap().form();
        let point = both.load(person).unwrap().points().next().unwrap();
        let yes = (at == 1).then_some(RowWish::new(cell("events", point), Wish::Yes));
        let wishes = [no("news", point)].into_iter().chain(yes);
        let sent = Submission::new(form, wishes).with_evidence(explicit());
        both.submit_preferences(alias(), &sent, shop.stamp()).unwrap();
        assert!(!shop.permits(person, text, "news"), "{text}");
        assert!(!shop.permits(person, text, "events"), "{text}");
    }
    // A form of none of them is still somebody else's.
    shop.attach(THIRD_PERSON, "eve@example.com");
    let form = both.preferences(THIRD_PERSON, &SHOWING, shop.now()).unwrap().form();
    let point = both.load(THIRD_PERSON).unwrap().points().next().unwrap();
    let sent = Submission::new(form, [no("news", point)]);
    let foreign = both.submit_preferences(alias(), &sent, shop.stamp());
    assert_eq!(refused(foreign), OperationError::Rejected(Rejection::ForeignForm));
}

#[test]
fn l30_an_opt_out_of_a_row_reaches_whom_its_alias_names_behind_another_address() {
    let shop = two_people();
    shop.engine.claim(PERSON, &alias(), operator(), shop.stamp()).unwrap();
    let import = Import::new(ImportId::from_u128(1), SystemId::new("crm").unwrap(), t(86_400));
    let row =
        |number: u64, text: &str| ImportRow::new(number).with_address(address(text)).with_alias(alias());
    let apply = |row| {
        let page = shop.engine.import(&import, ImportCursor::start(&import), [row], t(200_000)).unwrap();
        page.reports[0].outcome
    };
    // What is said of an address is said of the address.
    let bounced = RowStatement::new(op::import::Said::Bounced);
    assert_eq!(apply(row(1, "ada@old.example").saying(bounced)), RowOutcome::Applied);
    assert!(shop.permits(PERSON, ADA, "news"));
    let out = || RowStatement::opted_out(PurposeScope::Subtree(id("news"))).at(t(80_000));
    assert_eq!(apply(row(2, "ada@old.example").saying(out())), RowOutcome::Applied);
    assert!(!shop.permits(PERSON, ADA, "news"), "the system that says no knows Ada by her old address");
    assert!(shop.permits(OTHER_PERSON, "bob@example.com", "news"));
    assert_eq!(apply(row(3, "ada@old.example").saying(out())), RowOutcome::Unchanged);
}

/// What restricts by an alias that several claim is recorded for each of them, also at an address that they share.
#[test]
fn l11_what_a_contested_alias_restricts_at_a_shared_address_is_taken() {
    let point_of = |shop: &Shop<MemoryStore>, text: &str| {
        let load = op::Load::new(settings(), PERSON.into()).at(address(text));
        shop.engine.run(load).unwrap().point.unwrap()
    };
    let everything = |point| Scope::EVERYTHING.at(point);
    let complaint =
        |point| Act::Restrict { reason: RestrictionReason::Complaint, scope: everything(point), until: None };
    let acts = |point| {
        [
            (Actor::subject(), Act::OptOut(vec![everything(point), Scope::EVERYTHING])),
            (system(), complaint(point)),
            (Actor::subject(), Act::Object(vec![everything(point)])),
            (operator(), Act::Erase),
        ]
    };
    for nth in 0..4 {
        let shop = two_people();
        shop.attach(OTHER_PERSON, ADA);
        shop.opt_in(OTHER_PERSON, "news").unwrap();
        let both = contested(&shop);
        assert!(shop.permits(PERSON, ADA, "news") && shop.permits(OTHER_PERSON, ADA, "news"));
        let (actor, act) = acts(point_of(&shop, ADA))[nth].clone();
        let command = Command::new(actor, act);
        both.decide(alias(), command.clone(), shop.stamp())
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        assert!(!shop.permits(PERSON, ADA, "news"), "{command:?}");
        assert!(!shop.permits(OTHER_PERSON, ADA, "news"), "{command:?}");
    }
}
