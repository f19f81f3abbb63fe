//! Preference forms through the engine and its store.

use consent_engine::store::{Action, Batch, Blocking, Expect, MemoryStore, Row, Store, Write};
use consent_engine::*;

use crate::shop::*;
use crate::support::*;

const UNDER: Showing<'_> = Showing::under(RegimeSet::OPT_IN);

fn form<S: Store>(shop: &Shop<S>, who: impl Into<Who>) -> PreferenceForm {
    let view = shop.engine.preferences(who, &UNDER, shop.now());
    view.unwrap_or_else(|error| panic!("{error}")).form()
}

fn submission(form: PreferenceForm, wishes: impl IntoIterator<Item = (Cell, Wish)>) -> Submission {
    let wishes = wishes.into_iter().map(|(cell, wish)| RowWish::new(cell, wish));
    Submission::new(form, wishes).with_evidence(explicit())
}

fn choice<S: Store>(shop: &Shop<S>, who: impl Into<Who>, cell: Cell) -> Choice {
    form(shop, who).rows.iter().find(|row| row.cell == cell).unwrap().choice
}

#[test]
fn a_form_is_shown_and_taken_back_under_any_name_of_the_person() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    let crm = || Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    shop.engine.claim(PERSON, &crm(), operator(), shop.stamp()).unwrap();
    shop.opt_out(PERSON, Scope::EVERYTHING).unwrap();
    shop.pass(60);
    let names: [Who; 3] = [PERSON.into(), crm().into(), address("ada@example.com").into()];
    for (name, purpose) in names.into_iter().zip(["news", "events", "care"]) {
        let shown = form(&shop, name.clone());
        assert_eq!((shown.tenant, shown.subject), (TENANT, PERSON));
        shop.pass(60);
        let stamp = shop.stamp();
        let sent = submission(shown, [(cell(purpose, point), Wish::Yes)]);
        let done = shop.engine.submit_preferences(name.clone(), &sent, stamp).unwrap();
        assert_eq!((done.at, done.changed, done.repeated), (stamp.now, true, false));
        assert!(done.effects.contains(&Effect::NotifyChange { subject: PERSON, at: stamp.now }));
        assert!(shop.permits(PERSON, "ada@example.com", purpose), "{purpose}");
        // Sent again under the same id it is the same form; later it is the time of then.
        let again = Stamp { now: shop.now().saturating_add(Span::seconds(60)), ..stamp };
        let again = shop.engine.submit_preferences(name, &sent, again).unwrap();
        assert_eq!((again.at, again.reports, again.repeated), (stamp.now, done.reports, true));
    }
    let untouched = submission(form(&shop, PERSON), [(cell("news", point), Wish::Yes)]);
    let before = image(shop.engine.store());
    let stamp = shop.stamp();
    let done = shop.engine.submit_preferences(PERSON, &untouched, stamp).unwrap();
    assert_eq!((done.at, done.changed, done.reports.len()), (stamp.now, false, 0));
    assert_eq!(image(shop.engine.store()), before);
    let nobody = shop.engine.preferences(address("eve@example.com"), &UNDER, shop.now());
    assert_eq!(refused(nobody), OperationError::Rejected(Rejection::UnusableView));
}

#[test]
fn l10_a_stale_form_never_subscribes_again() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    let stale = form(&shop, PERSON);
    shop.opt_out(address("ada@example.com"), Scope::EVERYTHING).unwrap();
    shop.pass(600);
    let sent = submission(stale, [(cell("news", point), Wish::Yes), (cell("events", point), Wish::Yes)]);
    let done = shop.engine.submit_preferences(PERSON, &sent, shop.stamp()).unwrap();
    assert!(!done.changed && matches!(done.reports[0].end, End::Recorded { .. }), "{done:?}");
    for purpose in ["news", "events"] {
        assert!(!shop.permits(PERSON, "ada@example.com", purpose));
    }
}

#[test]
fn l52_a_form_of_another_tenant_or_person_leaves_no_trace() {
    let store = MemoryStore::new();
    let shop = Shop::over(&store);
    let own = Settings::new(TenantId::from_u128(0x7f), WRITER, policy());
    let neighbour = Shop::with(Engine::new(&store, own.with_index_secrets(IndexSecrets::new([7; 32]))));
    neighbour.pass(20);
    // Both know the same person by the same ids: nothing but the tenant tells the forms apart.
    let stamp = shop.stamp();
    let ada = address("ada@example.com");
    let point = shop.engine.attach(PERSON, &ada, Actor::subject(), stamp).unwrap().point.unwrap();
    let same = neighbour.engine.attach(PERSON, &ada, Actor::subject(), stamp).unwrap().point;
    assert_eq!(same, Some(point));
    shop.attach(OTHER_PERSON, "bob@example.com");
    let own = form(&shop, PERSON);
    let foreign = PreferenceForm { tenant: TenantId::from_u128(0x7f), ..own.clone() };
    assert_eq!(form(&neighbour, PERSON), foreign);
    let before = image(&store);
    for wish in [Wish::Yes, Wish::No] {
        let of_tenant = submission(foreign.clone(), [(cell("news", point), wish)]);
        let error = shop.engine.submit_preferences(PERSON, &of_tenant, shop.stamp());
        assert_eq!(refused(error), OperationError::Rejected(Rejection::ForeignForm));
        let of_person = submission(own.clone(), [(cell("news", point), wish)]);
        let error = shop.engine.submit_preferences(OTHER_PERSON, &of_person, shop.stamp());
        assert_eq!(refused(error), OperationError::Rejected(Rejection::ForeignForm));
    }
    assert_eq!(image(&store), before);
}

/// Where an engine may not say yes, because a newer policy decided there or a record is lost, it still takes the no of the same form.
#[test]
fn d51_what_may_not_be_granted_holds_up_no_refusal() {
    for lost in [false, true] {
        let store = MemoryStore::new();
        let shop = Shop::over(&store);
        let point = shop.attach(PERSON, "ada@example.com");
        let other = shop.attach(PERSON, "ada@example.org");
        shop.opt_in(PERSON, "events").unwrap();
        let shown = form(&shop, PERSON);
        if lost {
            let key = |key: &store::Key| key.row() == Row::Aggregate(Aggregate::Point(other));
            let (key, stored) = image(&store).into_iter().find(|(own, _)| key(own)).unwrap();
            let delete = Write { key, expect: Expect::At(stored.version), action: Action::Delete };
            store.commit(&[Batch::new([delete]).unwrap()]).unwrap();
        } else {
            let newer = Policy::new(2, Catalogue::new(purposes(), []).unwrap());
            let newer = Engine::new(&store, settings().with_policy(newer));
            newer.opt_out(PERSON, [Scope::purpose(id("sports"))], shop.stamp()).unwrap();
        }
        let yes = (cell("news", point), Wish::Yes);
        let sent = submission(shown.clone(), [yes, (cell("events", point), Wish::No)]);
        let done = shop.engine.submit_preferences(PERSON, &sent, shop.stamp()).unwrap();
        let ends: Vec<_> = done.reports.iter().map(|report| report.end.clone()).collect();
        let rejection = Rejection::UnusableView;
        assert_eq!(ends, [End::Accepted, End::Refused { rejection }], "{lost}");
        assert!(done.changed);
        let history = shop.engine.history(Aggregate::Point(point), None, 64).unwrap().facts;
        assert!(matches!(history.last().unwrap().kind, FactKind::Restriction(_)));
        // Alone, the yes has the error that it has everywhere.
        let alone = shop.engine.submit_preferences(PERSON, &submission(shown, [yes]), shop.stamp());
        let error = refused(alone);
        let downgrade = matches!(error, OperationError::PolicyDowngrade { .. });
        assert!(
            if lost { matches!(error, OperationError::StoreCorrupt { .. }) } else { downgrade },
            "{error}"
        );
    }
}

/// What is too long to be written costs the yes first. Only a no that does not fit by itself is read in the widest sense.
#[test]
fn d21_a_form_that_is_too_long_to_be_written() {
    let shop = Shop::new();
    let points: Vec<_> = (0..55).map(|n| shop.attach(PERSON, &format!("a{n}@example.com"))).collect();
    let shown = form(&shop, PERSON);
    let note = Note::new(&"x".repeat(1_000)).unwrap();
    let long = explicit().with_reason(note.clone()).with_ip(note.clone()).with_user_agent(note);
    let yes = ["news", "sports", "football"]
        .into_iter()
        .flat_map(|name| points.iter().map(move |point| RowWish::new(cell(name, *point), Wish::Yes)));
    let no = RowWish::new(cell("events", points[0]), Wish::No);
    let sent = Submission::new(shown.clone(), yes.chain([no])).with_evidence(long);
    let done = shop.engine.submit_preferences(PERSON, &sent, shop.stamp()).unwrap();
    assert_eq!(done.reports[0].end, End::Accepted);
    let too_long = |end: &End| {
        matches!(end, End::Refused { rejection: Rejection::LimitExceeded { which: Limited::Bytes, .. } })
    };
    assert_eq!(done.reports[1..].iter().filter(|report| too_long(&report.end)).count(), 165);
    assert_eq!(choice(&shop, PERSON, cell("events", points[0])), Choice::No);
    assert_ne!(choice(&shop, PERSON, cell("events", points[1])), Choice::No, "as it was said");
    let everywhere = points.iter().map(|point| (cell("events", *point), Wish::No));
    let done = shop.engine.submit_preferences(PERSON, &submission(shown, everywhere), shop.stamp()).unwrap();
    assert!(done.effects.contains(&Effect::OpenReview { scope: Scope::EVERYTHING }));
    assert!(points.iter().all(|point| choice(&shop, PERSON, cell("events", *point)) == Choice::No));
}

/// One number of a family (carlos #3842).
#[test]
fn d03_a_choice_at_a_shared_number() {
    let shop = Shop::new();
    let number = Address::new(PointKind::Phone, "+436641234567").unwrap();
    let attach =
        |who| shop.engine.attach(who, &number, Actor::subject(), shop.stamp()).unwrap().point.unwrap();
    let point = attach(PERSON);
    assert_eq!(attach(OTHER_PERSON), point);
    let text = Cell { purpose: id("news"), channel: Some(Channel::Sms), point: Some(point) };
    let send = |who: SubjectId, wish| {
        shop.pass(60);
        let sent = submission(form(&shop, who), [(text, wish)]);
        shop.engine.submit_preferences(who, &sent, shop.stamp()).unwrap()
    };
    let permits = |who: SubjectId| {
        let query = shop.engine.query(id("news"), RegimeSet::OPT_IN).unwrap().on(Channel::Sms).at(point);
        shop.engine.permits(who, &query, shop.now()).unwrap()
    };
    assert!(send(PERSON, Wish::Yes).changed && send(OTHER_PERSON, Wish::Yes).changed);
    assert!(permits(PERSON) && permits(OTHER_PERSON));
    assert!(send(OTHER_PERSON, Wish::No).changed);
    assert!(!permits(PERSON) && !permits(OTHER_PERSON), "the no reaches everyone behind the number");
    assert!(!send(PERSON, Wish::Yes).changed, "nobody's yes lifts what another may have said");
    assert!(!permits(PERSON) && !permits(OTHER_PERSON));
}

#[test]
fn both_engines_show_and_take_the_same_form() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, "ada@example.com");
    shop.opt_in(PERSON, "news").unwrap();
    let facts = shop.engine.history(Aggregate::Subject(PERSON), None, 64).unwrap().facts;
    let showing = UNDER.with_facts(&facts);
    let store = MemoryStore::new();
    for (key, stored) in image(shop.engine.store()) {
        let put = Write { key, expect: Expect::Absent, action: Action::Put(stored.bytes) };
        store.commit(&[Batch::new([put]).unwrap()]).unwrap();
    }
    let twin = AsyncEngine::new(Blocking::new(store), settings());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let one = shop.engine.preferences(PERSON, &showing, shop.now()).unwrap();
    let other = runtime.block_on(twin.preferences(PERSON, &showing, shop.now())).unwrap();
    assert_eq!(one, other);
    assert_eq!(one.rows[0].history[0].what, Happened::Agreed { confirmed: false });
    let (sent, stamp) = (submission(one.form(), [(cell("news", point), Wish::No)]), shop.stamp());
    let other = runtime.block_on(twin.submit_preferences(PERSON, &sent, stamp)).unwrap();
    assert_eq!(shop.engine.submit_preferences(PERSON, &sent, stamp).unwrap(), other);
}
