use consent_engine::op::import::{Import, ImportCursor, ImportRow, RowStatement};
use consent_engine::store::{MemoryStore, Store};
use consent_engine::*;
use proptest::prelude::*;

use crate::double_opt_in::{secret, shown};
use crate::shop::*;
use crate::support::*;

/// Two tenants on one store, interleaved, against one alone: nothing of one is seen by the other.
#[test]
fn l52_tenants_do_not_see_each_other() {
    let alone = Shop::new();
    let store = MemoryStore::new();
    let (one, other) = (Shop::over(&store), Shop::with(other_tenant(&store)));
    let play = |shop: &dyn Fn(usize) -> Option<bool>| (0..6).map(shop).collect::<Vec<_>>();
    let step = |shop: &Shop<_>, n: usize| match n {
        0 => Some(shop.attach(PERSON, "ada@example.com").uuid().is_nil()),
        1 => Some(shop.opt_in(PERSON, "news").is_ok()),
        2 => Some(shop.permits(PERSON, "ada@example.com", "news")),
        3 => Some(shop.opt_in(address("ada@example.com"), "events").is_ok()),
        _ => None,
    };
    let expected = play(&|n| match n {
        0 => Some(alone.attach(PERSON, "ada@example.com").uuid().is_nil()),
        1 => Some(alone.opt_in(PERSON, "news").is_ok()),
        2 => Some(alone.permits(PERSON, "ada@example.com", "news")),
        3 => Some(alone.opt_in(address("ada@example.com"), "events").is_ok()),
        _ => None,
    });
    let found = play(&|n| {
        other.attach(OTHER_PERSON, "ada@example.com");
        other.opt_out(PERSON, Scope::EVERYTHING).unwrap();
        other.opt_out(address("ada@example.com"), Scope::EVERYTHING).unwrap();
        step(&one, n)
    });
    assert_eq!(found, expected);
    let own = |key: &store::Key| key.tenant() == TENANT;
    let mut mixed = image(&store);
    mixed.retain(|(key, _)| own(key));
    let pure: Vec<_> =
        image(alone.engine.store()).into_iter().map(|(key, stored)| (key, stored.bytes)).collect();
    assert_eq!(mixed.into_iter().map(|(key, stored)| (key, stored.bytes)).collect::<Vec<_>>(), pure);
}

fn other_tenant(store: &MemoryStore) -> Engine<&MemoryStore> {
    let settings = Settings::new(TenantId::from_u128(0x7f), WRITER, policy());
    Engine::new(store, settings.with_index_secrets(IndexSecrets::new([7; 32])))
}

const ADDRESSES: [&str; 2] = ["ada@example.com", "bob@example.com"];
const PURPOSES: [&str; 2] = ["news", "events"];

/// What a tenant may do; the numbers say to whom, where and for what.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Attach(usize, usize),
    Claim(usize, usize),
    OptIn(usize, usize),
    OptOut(usize, usize),
    OptOutAt(usize, usize),
    Ask(usize, usize),
    /// A token of the other tenant if there is one, and then one of its own.
    Confirm,
    /// A form in the same way.
    Submit(usize),
    Merge,
    Unmerge,
    Import(usize, usize, bool),
    Erase(usize),
    Decide(usize, usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let pair = || (0..2usize, 0..2usize);
    prop_oneof![
        3 => pair().prop_map(|(who, at)| Deed::Attach(who, at)),
        1 => pair().prop_map(|(who, alias)| Deed::Claim(who, alias)),
        3 => pair().prop_map(|(who, purpose)| Deed::OptIn(who, purpose)),
        1 => pair().prop_map(|(who, purpose)| Deed::OptOut(who, purpose)),
        1 => pair().prop_map(|(at, purpose)| Deed::OptOutAt(at, purpose)),
        2 => pair().prop_map(|(who, purpose)| Deed::Ask(who, purpose)),
        2 => Just(Deed::Confirm),
        1 => (0..2usize).prop_map(Deed::Submit),
        1 => Just(Deed::Merge),
        1 => Just(Deed::Unmerge),
        2 => (0..2usize, 0..2usize, any::<bool>()).prop_map(|(at, purpose, yes)| Deed::Import(at, purpose, yes)),
        1 => (0..2usize).prop_map(Deed::Erase),
        3 => pair().prop_map(|(at, purpose)| Deed::Decide(at, purpose)),
    ]
}

/// What a tenant gave to people: it comes back, to whomever.
#[derive(Default)]
struct Given {
    tokens: Vec<ConfirmationToken>,
    forms: Vec<PreferenceForm>,
}

/// Does it, and says what came of it: outcome, answer or error.
fn act<S: Store>(shop: &Shop<S>, deed: Deed, given: &mut Given, foreign: &Given) -> String {
    let who = |at: usize| [PERSON, OTHER_PERSON][at];
    let by = |who: SubjectId, actor, act| {
        let command = Command::new(actor, act).with_evidence(explicit());
        format!("{:?}", shop.engine.decide(who, command, shop.stamp()))
    };
    match deed {
        Deed::Attach(of, at) => {
            format!(
                "{:?}",
                shop.engine.attach(who(of), &address(ADDRESSES[at]), Actor::subject(), shop.stamp())
            )
        }
        Deed::Claim(of, alias) => {
            let alias = Alias::new(SystemId::new("crm").unwrap(), ["7", "8"][alias]).unwrap();
            format!("{:?}", shop.engine.claim(who(of), &alias, operator(), shop.stamp()))
        }
        Deed::OptIn(of, purpose) => format!("{:?}", shop.opt_in(who(of), PURPOSES[purpose])),
        Deed::OptOut(of, purpose) => {
            format!("{:?}", shop.opt_out(who(of), Scope::purpose(id(PURPOSES[purpose]))))
        }
        Deed::OptOutAt(at, purpose) => {
            format!("{:?}", shop.opt_out(address(ADDRESSES[at]), Scope::purpose(id(PURPOSES[purpose]))))
        }
        Deed::Ask(of, purpose) => ask(shop, who(of), PURPOSES[purpose], given),
        Deed::Confirm => confirm(shop, given, foreign),
        Deed::Submit(of) => submit(shop, who(of), given, foreign),
        Deed::Merge => by(PERSON, operator(), Act::Merge(OTHER_PERSON)),
        Deed::Unmerge => by(PERSON, operator(), Act::Unmerge(OTHER_PERSON)),
        Deed::Import(at, purpose, yes) => import(shop, address(ADDRESSES[at]), id(PURPOSES[purpose]), yes),
        Deed::Erase(of) => by(who(of), operator(), Act::Erase),
        Deed::Decide(at, purpose) => answer(shop, address(ADDRESSES[at]), PURPOSES[purpose]),
    }
}

fn ask<S: Store>(shop: &Shop<S>, who: SubjectId, purpose: &str, given: &mut Given) -> String {
    let stated =
        Stated { purpose: Breadth::Exactly(id(purpose)), channel: Some(Channel::Email), point: None };
    let asked = shop.engine.request(who, [stated], shown(), &secret(1), shop.stamp());
    given.tokens.extend(asked.as_ref().ok().and_then(|asked| asked.token.clone()));
    format!("{asked:?}")
}

fn confirm<S: Store>(shop: &Shop<S>, given: &Given, foreign: &Given) -> String {
    for token in &foreign.tokens {
        shop.engine.confirm(token, explicit(), shop.stamp()).unwrap_err();
    }
    let own = given.tokens.last();
    let own = own.map(|token| shop.engine.confirm(token, explicit(), shop.stamp()));
    format!("{own:?}")
}

fn submit<S: Store>(shop: &Shop<S>, who: SubjectId, given: &mut Given, foreign: &Given) -> String {
    for form in &foreign.forms {
        let rows = form.rows.iter().map(|row| RowWish::new(row.cell, Wish::No));
        let sent = Submission::new(form.clone(), rows.collect::<Vec<_>>());
        let error = shop.engine.submit_preferences(form.subject, &sent, shop.stamp()).unwrap_err();
        assert_eq!(error.rejection(), Some(Rejection::ForeignForm));
    }
    let shown = shop.engine.preferences(who, &Showing::under(RegimeSet::OPT_IN), shop.now());
    let Ok(form) = shown.map(|shown| shown.form()) else { return String::new() };
    given.forms.push(form.clone());
    let rows: Vec<_> = form.rows.iter().map(|row| RowWish::new(row.cell, Wish::Yes)).collect();
    let sent = Submission::new(form, rows).with_evidence(explicit());
    format!("{:?}", shop.engine.submit_preferences(who, &sent, shop.stamp()))
}

fn import<S: Store>(shop: &Shop<S>, address: Address, purpose: PurposeId, yes: bool) -> String {
    let import = Import::new(ImportId::from_u128(1), SystemId::new("crm").unwrap(), shop.now());
    let import = import.registering_as(operator());
    let statement = if yes {
        RowStatement::opted_in(purpose, shop.now(), shown()).on(Channel::Email)
    } else {
        RowStatement::opted_out(PurposeScope::Subtree(purpose)).at(shop.now())
    };
    let row = ImportRow::new(1).with_address(address).saying(statement);
    let start = ImportCursor::start(&import);
    format!("{:?}", shop.engine.import(&import, start, [row], shop.stamp().now))
}

/// The answer, with the versions of all that was read for it.
fn answer<S: Store>(shop: &Shop<S>, address: Address, purpose: &str) -> String {
    let told = shop.engine.evaluate_at(address.clone(), &address, &shop.ask(purpose), shop.now());
    format!("{told:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if std::env::var_os("CONSENT_ENGINE_FULL").is_some() { 2_000 } else { 64 }, ..ProptestConfig::default() })]

    /// Two tenants with the same people, ids, addresses and secrets: each answers, fails and stores to the byte as if it were alone,
    /// also where tokens and forms of the one are shown to the other.
    #[test]
    fn l52_p_a_tenant_among_others_is_as_if_alone(deeds in prop::collection::vec((any::<bool>(), deed()), 1..24)) {
        let (shared, alone) = (MemoryStore::new(), MemoryStore::new());
        let (one, other, same) = (Shop::over(&shared), Shop::with(other_tenant(&shared)), Shop::over(&alone));
        let (mut given, mut theirs, mut again) = (Given::default(), Given::default(), Given::default());
        for (own, deed) in deeds {
            if own {
                prop_assert_eq!(act(&one, deed, &mut given, &Given::default()), act(&same, deed, &mut again, &Given::default()), "{:?}", deed);
            } else {
                act(&other, deed, &mut theirs, &given);
            }
        }
        let own = |store: &MemoryStore| image(store).into_iter().filter(|(key, _)| key.tenant() == TENANT).collect::<Vec<_>>();
        prop_assert_eq!(own(&shared), own(&alone));
    }
}
