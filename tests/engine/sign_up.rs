//! Sign-up forms: who may ask for a double opt-in, how often, and what becomes of it.

use consent_engine::op::{Decide, Step};
use consent_engine::store::{MemoryStore, Store};
use consent_engine::*;

use crate::double_opt_in::*;
use crate::shop::*;
use crate::support::*;

#[test]
fn l16_a_request_that_is_delivered_again_has_the_same_token_and_no_second_message() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    let stamp = shop.stamp();
    let ask = |byte| shop.engine.request(PERSON, [at(point, "news")], shown(), &secret(byte), stamp);
    let (once, twice) = (ask(1).unwrap(), ask(1).unwrap());
    assert!(twice.outcome.repeated);
    assert_eq!(once.token.unwrap().expose(), twice.token.unwrap().expose());
    assert_eq!(refused(ask(2)), OperationError::CommandIdReused);
}

#[test]
fn a_consent_to_what_needs_a_double_opt_in_asks_with_a_token() {
    let need = EvidenceNeed { strength: Strength::DoubleOptIn, ..EvidenceNeed::default() };
    let policy = policy_of(vec![marketing("news").with_evidence(need), marketing("events")]);
    let shop = Shop::with(Engine::new(MemoryStore::new(), settings().with_policy(policy)));
    let point = shop.attach(PERSON, ADDRESS);
    let grant = |purpose| {
        let act = Act::Grant { stated: vec![at(point, purpose)], window: None };
        let command = Command::new(Actor::subject(), act).with_evidence(shown());
        shop.engine.request_by(PERSON, command, &secret(1), shop.stamp()).unwrap()
    };
    assert!(grant("events").token.is_none(), "nothing had to be asked");
    let token = grant("news").token.unwrap();
    assert!(!shop.permits(PERSON, ADDRESS, "news"));
    let forged = ConfirmationToken::new(token.tenant(), token.subject(), token.request(), secret(2));
    assert_eq!(not_confirmed(&shop, &forged), Rejection::TokenBindingMismatch);
    confirm(&shop, &token).unwrap();
    assert!(shop.permits(PERSON, ADDRESS, "news"));
}

/// One message goes to one mailbox, so it can confirm for no other.
#[test]
fn d07_a_request_for_several_addresses_asks_at_one_and_says_so() {
    let shop = Shop::new();
    let points = [shop.attach(PERSON, ADDRESS), shop.attach(PERSON, "victim@example.com")];
    let stated = points.map(|point| at(point, "news"));
    let requested = shop.engine.request(PERSON, stated, shown(), &secret(1), shop.stamp()).unwrap();
    let [first, second] = &requested.outcome.reports[..] else { panic!("{requested:?}") };
    assert_eq!(first.end, End::Accepted);
    assert_eq!(second.end, End::Refused { rejection: Rejection::SeveralContactPoints });
    confirm(&shop, &requested.token.unwrap()).unwrap();
    assert!(shop.permits(PERSON, ADDRESS, "news"));
    assert!(!shop.permits(PERSON, "victim@example.com", "news"));
}

/// Several cells at one contact point: one message, one token, one place in the count.
#[test]
fn d33_several_cells_at_one_address_are_one_message() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    let stated = ["news", "events", "care"].map(|purpose| at(point, purpose));
    let requested = shop.engine.request(PERSON, stated, shown(), &secret(1), shop.stamp()).unwrap();
    let sent = |effect: &&Effect| matches!(effect, Effect::SendConfirmation { .. });
    assert_eq!(requested.outcome.effects.iter().filter(sent).count(), 1);
    let notes = shop.engine.history(Aggregate::Point(point), None, 64).unwrap().facts;
    let asked = |fact: &&Fact| matches!(fact.kind, FactKind::Asked(_));
    assert_eq!(notes.iter().filter(asked).count(), 1);
    let note = notes.iter().find(asked).unwrap();
    assert!(note.evidence.is_none(), "the log of an address tells nothing of who asked: {note:?}");
    assert_eq!(confirm(&shop, &requested.token.unwrap()).unwrap().reports.len(), 3);
}

/// A form that is fed one address under many names: the address gets three messages, not a thousand.
#[test]
fn d33_many_people_cannot_flood_one_address() {
    let shop = Shop::new();
    let mut messages = 0;
    for n in 0..20 {
        let person = SubjectId::from_u128(0x5000 + n);
        let point = shop.attach(person, "victim@example.com");
        let before = image(shop.engine.store());
        let ask = || {
            let command = Command::new(Actor::unauthenticated(), Act::Request(vec![at(point, "news")]));
            shop.engine.request_by(person, command, &secret(1), shop.stamp())
        };
        match ask() {
            Ok(requested) => messages += usize::from(requested.token.is_some()),
            Err(error) => {
                let rejection = error.rejection().unwrap();
                assert!(matches!(rejection, Rejection::TooManyPending { .. }), "{rejection}");
                assert_eq!(image(shop.engine.store()), before, "no fact, and so no effect");
            }
        }
    }
    assert_eq!(messages, 3);
    // Another address is not affected.
    let free = shop.attach(PERSON, ADDRESS);
    token(&shop, free, "news", 1);
}

/// Two regions count together, and two that ask at once cannot both take the last place.
#[test]
fn d33_regions_count_together() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    let region = Settings::new(TENANT, OTHER_WRITER, policy());
    let other = Engine::new(shop.engine.store(), region.with_index_secrets(IndexSecrets::new([7; 32])));
    let there = |purpose| other.request(PERSON, [at(point, purpose)], shown(), &secret(1), shop.stamp());
    there("news").unwrap();
    token(&shop, point, "events", 1);
    let last = Decide::request(
        settings(),
        PERSON.into(),
        Command::new(Actor::subject(), Act::Request(vec![at(point, "care")])),
        secret(1),
        shop.stamp(),
    );
    let mut step = Step::begin(last);
    let mut overtaken = false;
    let outcome = loop {
        step = match step {
            Step::Read(what, reading) => reading.resume(shop.engine.store().read(&what)).unwrap(),
            Step::Commit(batch, committing) => {
                if !overtaken {
                    overtaken = true;
                    there("sports").unwrap();
                }
                committing.resume(shop.engine.store().commit(&[batch])).unwrap()
            }
            Step::Done(outcome) => break outcome,
        };
    };
    let error = outcome.unwrap_err();
    assert!(matches!(error, OperationError::Rejected(Rejection::TooManyPending { .. })), "{error}");
}

/// What a sign-up form answers, whatever came of the request.
fn words<T, E: std::error::Error>(outcome: &Result<T, EngineError<E>>) -> &'static str {
    match outcome {
        Ok(_)
        | Err(EngineError::Operation(
            OperationError::Rejected(_)
            | OperationError::UnknownSubject
            | OperationError::AmbiguousSubject { .. },
        )) => "If this address can be used, a message is on its way to it.",
        Err(_) => "Please try again later.",
    }
}

/// One address of each kind that a form may be given, and a shop that knows all but the first.
fn addresses_of_every_kind() -> (Shop<MemoryStore>, [String; 6]) {
    let shop = Shop::new();
    let texts = ["new", "known", "granted", "suppressed", "flooded", "shared"]
        .map(|name| format!("{name}@example.com"));
    let [_, known, granted, suppressed, flooded, shared] = &texts;
    let person = |n: u128| SubjectId::from_u128(0x6000 + n);
    shop.attach(person(1), known);
    shop.attach(person(2), granted);
    shop.opt_in(person(2), "news").unwrap();
    shop.opt_out(address(suppressed), Scope::EVERYTHING).unwrap();
    let point = shop.attach(person(4), flooded);
    for purpose in ["news", "events", "care"] {
        request(&shop, person(4), at(point, purpose), 1).unwrap();
    }
    shop.attach(person(5), shared);
    shop.attach(person(6), shared);
    (shop, texts)
}

/// An unsubscribe page answers alike by itself: nothing in the outcome tells whether anybody is behind the address.
#[test]
fn d34_an_opt_out_by_address_comes_to_the_same_whoever_is_behind_it() {
    let (shop, texts) = addresses_of_every_kind();
    let told = texts.map(|text| {
        let withdraw = Command::new(Actor::unauthenticated(), Act::OptOut(vec![Scope::EVERYTHING]));
        let outcome = shop.engine.decide(address(&text), withdraw, shop.stamp()).unwrap();
        let effects = outcome.effects.iter().map(|effect| match effect {
            Effect::Propagate { .. } => "propagate",
            _ => "another",
        });
        let ends: Vec<_> = outcome.reports.iter().map(|report| report.end.clone()).collect();
        (outcome.subject, outcome.facts.len(), ends, effects.collect::<Vec<_>>())
    });
    for of in &told {
        assert_eq!(*of, (None, 1, vec![End::Accepted], vec!["propagate"]));
    }
}

#[test]
fn d34_a_form_answers_alike_whether_an_address_is_known_or_suppressed() {
    let stated = Stated { purpose: Breadth::Exactly(id("news")), channel: Some(Channel::Email), point: None };
    let (shop, texts) = addresses_of_every_kind();
    let mut inside = Vec::new();
    let mut said = Vec::new();
    for text in &texts {
        let command =
            Command::new(Actor::unauthenticated(), Act::Request(vec![stated])).with_evidence(shown());
        let who = Who::Address(address(text));
        let outcome = shop.engine.request_by(who, command, &secret(1), shop.stamp());
        said.push(words(&outcome));
        inside.push(outcome.map(|_| ()).map_err(|error| error.to_string()));
    }
    said.dedup();
    assert_eq!(said, ["If this address can be used, a message is on its way to it."]);
    inside.dedup();
    assert!(inside.len() > 3, "inside they differ: {inside:?}");
    assert!(inside.iter().flat_map(|outcome| outcome.as_ref().err()).all(|error| !error.contains('@')));
}

/// A person who opted out by address and signs up anew at a public form comes back by confirming, and in no other way.
#[test]
fn d34_d32_a_suppressed_address_returns_by_its_own_confirmation_only() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    shop.opt_in(PERSON, "news").unwrap();
    shop.opt_out(address(ADDRESS), Scope::EVERYTHING).unwrap();
    shop.pass(60);
    let act = Act::Grant { stated: vec![at(point, "news")], window: None };
    let form = Command::new(Actor::unauthenticated(), act).with_evidence(shown());
    let requested = shop.engine.request_by(PERSON, form, &secret(1), shop.stamp()).unwrap();
    assert!(!shop.permits(PERSON, ADDRESS, "news"), "a form that anybody can fill in lifts nothing");
    confirm(&shop, &requested.token.unwrap()).unwrap();
    assert!(shop.permits(PERSON, ADDRESS, "news"));
}

/// Withdrawals of people who never acted: taken, recorded with their source, and the person can disprove them.
#[test]
fn d31_a_flood_of_false_withdrawals_is_taken_and_can_be_disputed() {
    let shop = Shop::new();
    let people: Vec<_> = (0..50).map(|n| SubjectId::from_u128(0x7000 + n)).collect();
    for (n, person) in people.iter().enumerate() {
        shop.attach(*person, &format!("p{n}@example.com"));
        shop.opt_in(*person, "news").unwrap();
    }
    let ip = Note::lossy("198.51.100.7");
    let evidence =
        Evidence::new(Method::LinkOpened, SourceName::new("email_link").unwrap()).with_ip(ip.clone());
    for n in 0..people.len() {
        let command = Command::new(Actor::unauthenticated(), Act::OptOut(vec![Scope::EVERYTHING]))
            .with_evidence(evidence.clone());
        let who = Who::Address(address(&format!("p{n}@example.com")));
        shop.engine.decide(who, command, shop.stamp()).unwrap();
    }
    for (n, person) in people.iter().enumerate() {
        assert!(!shop.permits(*person, &format!("p{n}@example.com"), "news"));
    }
    let point = shop.engine.load(people[0]).unwrap().points().next().unwrap();
    let facts = shop.engine.history(Aggregate::Point(point), None, 64).unwrap().facts;
    let opt_out = facts.iter().find(|fact| matches!(fact.kind, FactKind::Restriction(_))).unwrap();
    assert_eq!(opt_out.actor.role, Role::Unauthenticated, "who said so is recorded");
    let kept = opt_out.evidence.as_ref().unwrap();
    assert_eq!((kept.source().as_str(), kept.ip()), ("email_link", Some(&ip)));
    // The person, in person, says otherwise.
    shop.pass(60);
    shop.engine.opt_in(people[0], [at(point, "news")], explicit(), shop.stamp()).unwrap();
    assert!(shop.permits(people[0], "p0@example.com", "news"));
}

/// GDPR Art. 7(1): both halves of a double opt-in are kept, and one leads to the other.
#[test]
fn l38_both_records_of_a_double_opt_in_are_kept() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    let language = LanguageTag::new("de-at").unwrap();
    let form = Evidence::new(Method::Explicit, SourceName::new("web").unwrap())
        .with_source_detail(Note::lossy("footer form"))
        .with_notice(notice(3))
        .with_language(language)
        .with_content_hash([9; 32])
        .with_ip(Note::lossy("192.0.2.7"))
        .with_user_agent(Note::lossy("browser"));
    let click = Evidence::new(Method::Explicit, SourceName::new("email_link").unwrap())
        .with_language(language)
        .with_content_hash([8; 32])
        .with_ip(Note::lossy("192.0.2.8"));
    let requested =
        shop.engine.request(PERSON, [at(point, "news")], form.clone(), &secret(1), shop.stamp()).unwrap();
    shop.engine.confirm(&requested.token.unwrap(), click.clone(), shop.stamp()).unwrap();
    let facts = shop.engine.history(Aggregate::Subject(PERSON), None, 64).unwrap().facts;
    let confirmation = facts.iter().find(|fact| matches!(fact.kind, FactKind::Confirm(_))).unwrap();
    assert_eq!(confirmation.evidence.as_deref(), Some(&click));
    let grant = confirmation.kind.grant().unwrap();
    assert_eq!((grant.notice, grant.strength), (Some(notice(3)), Strength::DoubleOptIn));
    let Position { log, seq } = grant.asked.unwrap();
    let cursor = op::HistoryCursor::at(log, seq);
    let page = shop.engine.history(log.aggregate, Some(cursor), 1).unwrap();
    let request = &page.facts[0];
    assert_eq!(request.position, Position { log, seq });
    assert!(matches!(&request.kind, FactKind::Request(own) if Some(own.id) == grant.request));
    assert_eq!(request.evidence.as_deref(), Some(&form));
}

/// What a host does with the two links of its messages.
fn serve(shop: &Shop<MemoryStore>, token: &ConfirmationToken, path: &str, method: &str, body: &[u8]) {
    let stamp = shop.stamp();
    match (path, method) {
        ("/confirm", "POST") => drop(shop.engine.confirm(token, explicit(), stamp).unwrap()),
        ("/unsubscribe", method) if OneClick::read(method, body) == OneClick::Withdraw => {
            let withdraw =
                Command::new(Actor::unauthenticated(), Act::OptOut(vec![Scope::purpose(id("news"))]));
            shop.engine.decide(address(ADDRESS), withdraw, stamp).unwrap();
        }
        // A page with a button.
        _ => {}
    }
}

/// phpList #415, Rock #7034: a scanner that opens every link neither confirms nor withdraws.
#[test]
fn d10_a_scanner_that_opens_the_links_changes_nothing() {
    let shop = Shop::new();
    let point = shop.attach(PERSON, ADDRESS);
    let token = token(&shop, point, "news", 1);
    let one_click = b"List-Unsubscribe=One-Click";
    let scan = || {
        let before = image(shop.engine.store());
        for path in ["/confirm", "/unsubscribe"] {
            for method in ["GET", "HEAD", "OPTIONS"] {
                serve(&shop, &token, path, method, b"");
                serve(&shop, &token, path, method, one_click);
            }
        }
        serve(&shop, &token, "/unsubscribe", "POST", b"");
        assert_eq!(image(shop.engine.store()), before);
    };
    scan();
    serve(&shop, &token, "/confirm", "POST", b"");
    assert!(shop.permits(PERSON, ADDRESS, "news"));
    scan();
    assert!(shop.permits(PERSON, ADDRESS, "news"));
    serve(&shop, &token, "/unsubscribe", "POST", one_click);
    assert!(!shop.permits(PERSON, ADDRESS, "news"));
}
