//! Two commands at once, in every order of their calls to the store.

use consent_engine::op::{Decide, Step};
use consent_engine::store::{MemoryStore, Store};
use consent_engine::*;

use crate::double_opt_in::{request, secret, shown};
use crate::shop::*;
use crate::support::*;

const NEW: SubjectId = SubjectId::from_u128(0x9001);

type Done = Result<CommandOutcome, OperationError>;

/// Lets one operation make its next call.
fn go_on(store: &MemoryStore, step: Step<Decide>) -> Step<Decide> {
    match step {
        Step::Read(what, reading) => reading.resume(store.read(&what)).unwrap(),
        Step::Commit(batch, committing) => committing.resume(store.commit(&[batch])).unwrap(),
        done @ Step::Done(_) => done,
    }
}

fn end(store: &MemoryStore, mut step: Step<Decide>) -> Done {
    loop {
        match step {
            Step::Done(outcome) => return outcome,
            other => step = go_on(store, other),
        }
    }
}

/// Both in each order of their first seven calls, each time on the store as it was; `check` gets a shop on what they left.
fn in_every_order(
    shop: &Shop<MemoryStore>,
    one: &Decide,
    other: &Decide,
    check: impl Fn(&Shop<&MemoryStore>, Done, Done),
) {
    for order in 0..1u32 << 7 {
        let store = copy(shop.engine.store());
        let (mut first, mut second) = (Step::begin(one.clone()), Step::begin(other.clone()));
        for turn in 0..7 {
            if order >> turn & 1 == 0 {
                first = go_on(&store, first);
            } else {
                second = go_on(&store, second);
            }
        }
        let (first, second) = (end(&store, first), end(&store, second));
        let after = Shop::with(Engine::new(&store, settings()));
        after.pass(1_000_000);
        check(&after, first, second);
    }
}

fn by_operator(act: Act) -> Command {
    Command::new(operator(), act).with_evidence(explicit())
}

fn out_of_news(shop: &Shop<MemoryStore>, who: SubjectId) -> Decide {
    let act = Act::OptOut(vec![Scope::purpose(id("news"))]);
    Decide::new(settings(), who.into(), Command::new(Actor::subject(), act), shop.stamp())
}

#[test]
fn l08_x_of_two_claims_at_once_one_is_told_that_the_alias_is_taken() {
    let shop = two_people();
    let alias = Alias::new(SystemId::new("crm").unwrap(), "003A0001").unwrap();
    let claim = |who| Decide::claim(settings(), who, alias.clone(), operator(), shop.stamp());
    in_every_order(&shop, &claim(PERSON), &claim(OTHER_PERSON), |after, one, other| {
        let owner = if one.is_ok() { PERSON } else { OTHER_PERSON };
        let error = [one, other].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert_eq!(error, [OperationError::AliasConflict]);
        assert!(!error[0].to_string().contains("003A"), "it names nobody");
        let found = after.engine.load(alias.clone()).unwrap();
        assert_eq!(
            (found.subject().ids.as_slice(), found.subject().identity),
            (&[owner][..], Identity::Resolved)
        );
    });
}

#[test]
fn d05_of_two_merges_at_once_the_one_beyond_the_limit_is_refused() {
    let shop = two_people();
    for number in 1..63 {
        let with = SubjectId::from_u128(0x9100 + number);
        shop.engine.merge(PERSON, with, operator(), explicit(), shop.stamp()).unwrap();
    }
    let merge = |own: SubjectId, with| {
        Decide::new(settings(), own.into(), by_operator(Act::Merge(with)), shop.stamp())
    };
    let (one, other) = (merge(PERSON, OTHER_PERSON), merge(SubjectId::from_u128(0x9105), NEW));
    let limit = Rejection::LimitExceeded { which: Limited::MergedRecords, max: 64 };
    for (one, other) in [(&one, &other), (&other, &one)] {
        // Some orders are enough: each loads 64 records.
        let store = copy(shop.engine.store());
        let (mut first, mut second) = (Step::begin(one.clone()), Step::begin(other.clone()));
        while !matches!(first, Step::Commit(..)) {
            first = go_on(&store, first);
        }
        while !matches!(second, Step::Commit(..)) {
            second = go_on(&store, second);
        }
        assert!(end(&store, first).is_ok());
        assert_eq!(end(&store, second).unwrap_err(), OperationError::Rejected(limit));
    }
}

#[test]
fn l10_x_an_opt_out_beside_a_merge_is_of_the_person() {
    let shop = two_people();
    let merge = Decide::new(settings(), PERSON.into(), by_operator(Act::Merge(OTHER_PERSON)), shop.stamp());
    in_every_order(&shop, &merge, &out_of_news(&shop, OTHER_PERSON), |after, one, other| {
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        for person in [PERSON, OTHER_PERSON] {
            assert!(!after.permits(person, ADA, "news"));
            assert!(!after.permits(person, "bob@example.com", "news"));
        }
    });
}

#[test]
fn l47_x_an_opt_out_beside_an_unmerge_is_not_lost() {
    let shop = two_people();
    shop.engine.merge(PERSON, OTHER_PERSON, operator(), explicit(), shop.stamp()).unwrap();
    let unmerge =
        Decide::new(settings(), PERSON.into(), by_operator(Act::Unmerge(OTHER_PERSON)), shop.stamp());
    in_every_order(&shop, &unmerge, &out_of_news(&shop, OTHER_PERSON), |after, one, other| {
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        assert!(!after.permits(OTHER_PERSON, "bob@example.com", "news"));
        assert_eq!(after.engine.load(PERSON).unwrap().subject().ids, [PERSON]);
    });
}

#[test]
fn l22_x_a_confirmation_beside_an_address_that_moves_permits_nothing_there() {
    let shop = two_people();
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    let asked = request(&shop, PERSON, Stated::cell(cell("events", point)), 1).unwrap();
    shop.engine.merge(PERSON, OTHER_PERSON, operator(), explicit(), shop.stamp()).unwrap();
    let token = asked.token.unwrap();
    let confirm = Decide::confirm(settings(), token, Presented::default(), explicit(), shop.stamp());
    for from in [PERSON, OTHER_PERSON] {
        let command = by_operator(Act::Merge(PERSON));
        let stamp = shop.stamp();
        let reassign = Decide::reassign(settings(), address(ADA), from, Some(NEW), command, stamp);
        in_every_order(&shop, &confirm, &reassign, |after, _, reassigned| {
            assert!(reassigned.is_ok(), "{reassigned:?}");
            for (person, purpose) in
                [(PERSON, "events"), (OTHER_PERSON, "events"), (NEW, "events"), (PERSON, "news")]
            {
                assert!(!after.permits(person, ADA, purpose), "{person:?} {purpose}");
            }
        });
    }
}

/// Each asks by its own secret: of two at once for one thing only the later message confirms.
#[test]
fn d08_x_of_two_requests_at_once_one_token_confirms() {
    let shop = two_people();
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    let ask = |byte| {
        let act = Act::Request(vec![Stated::cell(cell("events", point))]);
        let command = Command::new(Actor::subject(), act).with_evidence(shown());
        let stamp = shop.stamp();
        let request = RequestId::new(stamp.command.uuid());
        let token = ConfirmationToken::new(TENANT, PERSON, request, secret(byte));
        (Decide::request(settings(), PERSON.into(), command, secret(byte), stamp), token)
    };
    let ((one, first), (other, second)) = (ask(1), ask(2));
    in_every_order(&shop, &one, &other, |after, one, other| {
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        let confirmed = [&first, &second].map(|token| {
            let store = copy(after.engine.store());
            let stamp = Stamp::new(shop.now(), CommandId::from_u128(0xc0));
            Engine::new(&store, settings()).confirm(token, explicit(), stamp).is_ok()
        });
        assert!(confirmed == [true, false] || confirmed == [false, true], "{confirmed:?}");
    });
}

#[test]
fn d33_x_of_two_requests_at_once_the_one_beyond_the_limit_is_refused() {
    let shop = two_people();
    shop.attach(OTHER_PERSON, ADA);
    let point = shop.engine.load(PERSON).unwrap().points().next().unwrap();
    for byte in 1..3 {
        request(&shop, PERSON, Stated::cell(cell("events", point)), byte).unwrap();
    }
    let ask = |who: SubjectId, byte| {
        let act = Act::Request(vec![Stated::cell(cell("events", point))]);
        let command = Command::new(Actor::subject(), act).with_evidence(shown());
        Decide::request(settings(), who.into(), command, secret(byte), shop.stamp())
    };
    in_every_order(&shop, &ask(PERSON, 8), &ask(OTHER_PERSON, 9), |_, one, other| {
        let outcomes = [one, other];
        let sent = outcomes.iter().flatten().flat_map(|outcome| &outcome.effects);
        let sent = sent.filter(|effect| matches!(effect, Effect::SendConfirmation { .. })).count();
        assert_eq!(sent, 1, "{outcomes:?}");
        let too_many = |outcome: &Done| {
            matches!(outcome, Err(OperationError::Rejected(Rejection::TooManyPending { .. })))
        };
        assert!(outcomes.iter().any(too_many), "{outcomes:?}");
    });
}
