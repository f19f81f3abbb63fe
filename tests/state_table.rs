//! The state table, cell by cell: what a command does in each state, as the facts and the fold have it.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    reason = "tests may panic"
)]

mod support;

use consent_engine::*;
use support::*;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Start {
    Unknown,
    Pending,
    Granted,
    Denied,
    Withdrawn,
    Lapsed,
    RequestLapsed,
}

const STARTS: [Start; 7] = [
    Start::Unknown,
    Start::Pending,
    Start::Granted,
    Start::Denied,
    Start::Withdrawn,
    Start::Lapsed,
    Start::RequestLapsed,
];

const DAY: u64 = 86_400;

fn short_lived() -> Policy {
    policy_of(vec![marketing("news").with_validity(Span::days(30))])
}

fn news() -> Cell {
    cell("news", EMAIL)
}

fn ask() -> Act {
    Act::Request(vec![Stated::cell(news())])
}

fn start(policy: &Policy, start: Start) -> Run<'_> {
    let mut run = Run::new(policy);
    match start {
        Start::Unknown => {}
        Start::Pending => drop(run.person(ask()).unwrap()),
        Start::Granted => assert!(run.grant(news())),
        Start::Denied => run.opt_out(Scope::EVERYTHING),
        Start::Withdrawn => {
            assert!(run.grant(news()));
            run.pass(60);
            run.opt_out(Scope::EVERYTHING);
        }
        Start::Lapsed => {
            assert!(run.grant(news()));
            run.pass(31 * DAY);
        }
        Start::RequestLapsed => {
            run.person(ask()).unwrap();
            run.pass(8 * DAY);
        }
    }
    run.pass(3_600);
    run
}

const EXPIRED: State = State::Expired(ExpiryCause::GrantLapsed);
const REQUEST_LAPSED: State = State::Expired(ExpiryCause::RequestLapsed);
const REVOKED: State = State::Expired(ExpiryCause::Revoked);

/// What comes of `act` in each start, in the order of `STARTS`: the state, or the rejection with the state unchanged.
fn check(name: &str, act: impl Fn(&Run<'_>) -> (Actor, Act), expected: [Result<State, Rejection>; 7]) {
    let policy = short_lived();
    for (from, expected) in STARTS.into_iter().zip(expected) {
        let mut run = start(&policy, from);
        let before = run.state(news());
        let facts = run.facts.len();
        let (actor, act) = act(&run);
        let result = run.act(actor, act).map(|_| run.state(news()));
        assert_eq!(result, expected, "{name} in {from:?}");
        if result.is_err() {
            assert_eq!((run.state(news()), run.facts.len()), (before, facts), "l53: {name} in {from:?}");
        }
    }
}

#[test]
fn the_starts_are_what_they_are_called() {
    let policy = short_lived();
    let states = STARTS.map(|from| start(&policy, from).state(news()));
    let expected = [
        State::Unknown,
        State::Pending,
        State::Granted,
        State::Denied,
        State::Withdrawn,
        EXPIRED,
        REQUEST_LAPSED,
    ];
    assert_eq!(states, expected);
}

#[test]
fn request() {
    use State::{Denied, Pending, Withdrawn};
    let granted = Err(Rejection::AlreadyGranted);
    let expected = [Ok(Pending), Ok(Pending), granted, Ok(Denied), Ok(Withdrawn), Ok(Pending), Ok(Pending)];
    check("request", |_| (Actor::subject(), ask()), expected);
    let policy = short_lived();
    for from in [Start::Denied, Start::Withdrawn] {
        let mut run = start(&policy, from);
        run.person(ask()).unwrap();
        assert!(run.cell_state(news()).pending.is_some(), "pending beside {from:?}");
        assert!(!run.permits(news()), "still denied");
    }
}

#[test]
fn request_again_kills_the_old_token() {
    let policy = short_lived();
    let mut run = start(&policy, Start::Pending);
    let old = run.last_request();
    run.person(ask()).unwrap();
    run.pass(60);
    assert_eq!(run.person(Act::Confirm(old)).map(|_| ()), Err(Rejection::NoPendingRequest));
    let new = run.last_request();
    assert!(run.person(Act::Confirm(new)).is_ok());
    assert_eq!(run.person(Act::Confirm(new)).map(|_| ()), Err(Rejection::AlreadyConfirmed));
}

#[test]
fn confirm() {
    let none = Err(Rejection::NoPendingRequest);
    let expected = [none, Ok(State::Granted), none, none, none, none, Err(Rejection::TokenExpired)];
    check("confirm", |run| (Actor::subject(), Act::Confirm(run.last_request())), expected);
    let policy = short_lived();
    for from in [Start::Denied, Start::Withdrawn] {
        let mut run = start(&policy, from);
        run.person(ask()).unwrap();
        run.pass(60);
        run.person(Act::Confirm(run.last_request())).unwrap();
        assert_eq!(run.state(news()), State::Granted, "a request after {from:?} that saw it");
        assert!(run.permits(news()));
    }
    let mut run = start(&policy, Start::Pending);
    run.opt_out(Scope::EVERYTHING);
    run.pass(60);
    assert_eq!(run.person(Act::Confirm(run.last_request())).map(|_| ()), Err(Rejection::Superseded), "l22");
}

#[test]
fn grant() {
    check("grant", |_| (Actor::subject(), stated(news())), [Ok(State::Granted); 7]);
    let policy = short_lived();
    for from in [Start::Denied, Start::Withdrawn] {
        let mut run = start(&policy, from);
        let before = run.state(news());
        let blind = Command::new(Actor::subject(), stated(news())).with_evidence(explicit());
        let decided = run.command(&blind.having_seen(ViewToken::NOTHING)).unwrap();
        assert!(
            matches!(decided.reports[0].end, End::Recorded { .. }),
            "recorded, and says what still bites"
        );
        assert_eq!(run.state(news()), before, "a blind grant in {from:?}");
    }
}

#[test]
fn grant_where_double_opt_in_is_needed_is_pending() {
    let need = EvidenceNeed { strength: Strength::DoubleOptIn, ..EvidenceNeed::default() };
    let policy = policy_of(vec![marketing("news").with_evidence(need)]);
    let mut run = Run::new(&policy);
    let decided = run.person(stated(news())).unwrap();
    assert!(decided.effects.iter().any(|effect| matches!(effect, Effect::SendConfirmation { .. })));
    assert_eq!(run.state(news()), State::Pending);
    run.pass(60);
    run.person(Act::Confirm(run.last_request())).unwrap();
    assert_eq!(run.state(news()), State::Granted);
}

#[test]
fn opt_out() {
    use State::{Denied, Withdrawn};
    let expected = [Denied, Denied, Withdrawn, Denied, Withdrawn, Withdrawn, Denied].map(Ok);
    check("opt out", |_| (Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING])), expected);
    let policy = short_lived();
    let mut run = start(&policy, Start::Pending);
    run.opt_out(Scope::purpose(id("news")));
    assert_eq!(run.cell_state(news()).pending, None, "the token is dead");
}

#[test]
fn object_leaves_consent_as_it_is_and_bites() {
    let policy = short_lived();
    let states = STARTS.map(|from| start(&policy, from).state(news()));
    check("object", |_| (Actor::subject(), Act::Object(vec![Scope::EVERYTHING])), states.map(Ok));
    let mut run = start(&policy, Start::Granted);
    run.person(Act::Object(vec![Scope::EVERYTHING])).unwrap();
    assert_eq!(run.reasons(news()), [Reason::Objection]);
}

#[test]
fn renew() {
    let none = Err(Rejection::NothingToRenew);
    let granted = Ok(State::Granted);
    let renew =
        |_: &Run<'_>| (Actor::subject(), Act::Renew { stated: vec![Stated::cell(news())], window: None });
    check("renew", renew, [none, none, granted, none, none, granted, none]);
}

#[test]
fn revoke() {
    use State::{Denied, Unknown, Withdrawn};
    let expected = [Unknown, Unknown, REVOKED, Denied, Withdrawn, EXPIRED, REQUEST_LAPSED].map(Ok);
    check("revoke", |_| (operator(), Act::Revoke(Scope::EVERYTHING)), expected);
    let policy = short_lived();
    for from in STARTS {
        let mut run = start(&policy, from);
        run.act(operator(), Act::Revoke(Scope::EVERYTHING)).unwrap();
        assert!(
            !run.decision(news(), RegimeSet::OPT_OUT).is_permit(),
            "a revoked cell denies, from {from:?}"
        );
    }
}

#[test]
fn invalidate_restricts_and_kills_the_token() {
    let policy = short_lived();
    for from in STARTS {
        let mut run = start(&policy, from);
        let act =
            Act::Restrict { reason: RestrictionReason::Invalidation, scope: Scope::EVERYTHING, until: None };
        run.act(operator(), act).unwrap();
        assert!(run.reasons(news()).contains(&Reason::Invalidation), "{from:?}");
        assert_eq!(run.cell_state(news()).pending, None, "{from:?}");
    }
}

#[test]
fn a_foreign_lapse_ends_grants_and_requests() {
    let policy = short_lived();
    for (from, expected) in [
        (Start::Unknown, State::Unknown),
        (Start::Pending, REQUEST_LAPSED),
        (Start::Granted, State::Expired(ExpiryCause::Inactivity)),
        (Start::Denied, State::Denied),
        (Start::Withdrawn, State::Withdrawn),
    ] {
        let mut run = start(&policy, from);
        run.act(system(), Act::Lapse { scope: Scope::EVERYTHING, cause: LapseCause::Inactivity }).unwrap();
        assert_eq!(run.state(news()), expected, "{from:?}");
    }
}

/// A cell as a column of the table says it: its state, with a request alive beside it or not.
fn column<'a>(policy: &'a Policy, name: &str) -> Run<'a> {
    let (state, beside) = name.split_once(", ").map_or((name, false), |(state, _)| (state, true));
    let from = match state {
        "Unknown" => Start::Unknown,
        "Pending" => Start::Pending,
        "Granted" => Start::Granted,
        "Denied" => Start::Denied,
        "Withdrawn" => Start::Withdrawn,
        "Expired(GrantLapsed)" => Start::Lapsed,
        "Expired(RequestLapsed)" => Start::RequestLapsed,
        other => panic!("no such column: {other}"),
    };
    let mut run = start(policy, from);
    if beside {
        run.person(ask()).unwrap();
        run.pass(60);
    }
    run
}

/// What the command of a row is, by whom.
fn row(name: &str, run: &Run<'_>) -> (Actor, Act) {
    let invalidation = RestrictionReason::Invalidation;
    match name {
        "Request" => (Actor::subject(), ask()),
        "Confirm" => (Actor::subject(), Act::Confirm(run.last_request())),
        "Grant" => (Actor::subject(), stated(news())),
        "OptOut" => (Actor::subject(), Act::OptOut(vec![Scope::EVERYTHING])),
        "Object" => (Actor::subject(), Act::Object(vec![Scope::EVERYTHING])),
        "Renew" => (Actor::subject(), Act::Renew { stated: vec![Stated::cell(news())], window: None }),
        "Revoke" => (operator(), Act::Revoke(Scope::EVERYTHING)),
        "Invalidate" => {
            (operator(), Act::Restrict { reason: invalidation, scope: Scope::EVERYTHING, until: None })
        }
        other => panic!("no such row: {other}"),
    }
}

/// What the engine makes of a command, in the words of the table.
fn words(run: &mut Run<'_>, command: &Command) -> String {
    let before = run.cell_state(news());
    let reasons = run.reasons(news());
    let decided = match run.command(command) {
        Err(rejection) => return format!("`{rejection:?}`"),
        Ok(decided) => decided,
    };
    if decided.reports.iter().any(|report| matches!(report.end, End::Recorded { .. })) {
        assert_eq!(run.cell_state(news()), before, "what is recorded changes nothing");
        return "recorded".into();
    }
    let after = run.cell_state(news());
    let request = match (before.pending, after.pending) {
        _ if after.state == State::Granted => "",
        (None, Some(_)) if after.state == State::Pending => "",
        (None, Some(_)) => ", request alive",
        (Some(old), Some(new)) if old != new => ", old request dead",
        (Some(_), None) => ", request dead",
        (None, None) | (Some(_), Some(_)) => "",
    };
    assert!(after.state != State::Granted || after.pending.is_none(), "who consented is not asked");
    let restricts = [Reason::Objection, Reason::Invalidation];
    let restricted = run.reasons(news()).iter().any(|now| restricts.contains(now) && !reasons.contains(now));
    format!("{:?}{request}{}", after.state, if restricted { ", restricted" } else { "" })
}

/// A confirmation names a request: the one that gave the consent, or one that the refusal killed.
fn use_up_a_request(run: &mut Run<'_>) {
    match run.cell_state(news()) {
        CellState { state: State::Granted, .. } => {
            let mut asked = start(run.policy, Start::Pending);
            asked.person(Act::Confirm(asked.last_request())).unwrap();
            *run = asked;
        }
        CellState { state: State::Denied | State::Withdrawn, pending: None } => {
            run.person(ask()).unwrap();
            run.pass(60);
            run.opt_out(Scope::EVERYTHING);
        }
        _ => return,
    }
    run.pass(60);
}

/// Both answers of the engine where they differ: to who saw all that applies, and to who saw nothing.
fn answer(column_name: &str, row_name: &str) -> String {
    let policy = short_lived();
    let mut run = column(&policy, column_name);
    if row_name == "Confirm" {
        use_up_a_request(&mut run);
    }
    let mut blind_run = run.clone();
    let (actor, act) = row(row_name, &run);
    let command = Command::new(actor, act).with_evidence(explicit());
    let seeing = words(&mut run, &command);
    if row_name == "Confirm" && column_name.ends_with("request alive") {
        let asking = Command::new(Actor::subject(), ask()).with_evidence(explicit());
        blind_run.command(&asking.having_seen(ViewToken::NOTHING)).unwrap();
        let (actor, act) = row(row_name, &blind_run);
        let blind = words(&mut blind_run, &Command::new(actor, act).with_evidence(explicit()));
        return format!("{seeing} if it names all, else {blind}");
    }
    let blind = words(&mut blind_run, &command.having_seen(ViewToken::NOTHING));
    if blind == "recorded" { format!("{seeing} if it names all, else {blind}") } else { seeing }
}

#[test]
fn every_cell_of_the_printed_table_is_what_the_engine_does() {
    let table = state_table();
    let mut lines = table.lines().map(|line| line.trim_matches('|').split('|').map(str::trim));
    let columns: Vec<_> = lines.next().unwrap().skip(1).collect();
    let rows: Vec<Vec<_>> = lines.skip(1).map(Iterator::collect).collect();
    assert_eq!((columns.len(), rows.len()), (9, 8));
    for row in rows {
        let name = row[0].trim_matches('*');
        assert_eq!(row.len(), columns.len() + 1, "{name}");
        for (column, printed) in columns.iter().zip(&row[1..]) {
            assert_eq!(*printed, answer(column, name), "{name} where it is {column}");
        }
    }
}

/// Run with `UPDATE_TABLES=1` to write the tables of the code into DESIGN.md.
#[test]
fn the_tables_in_the_documents_are_those_of_the_code() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/DESIGN.md");
    let mut design = std::fs::read_to_string(path).unwrap();
    for (name, table) in [("state_table", state_table()), ("reason_table", reason_table())] {
        let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let from = design.find(&start).unwrap() + start.len();
        let to = design.find(&end).unwrap();
        if std::env::var_os("UPDATE_TABLES").is_some() {
            design.replace_range(from..to, &table);
            std::fs::write(path, &design).unwrap();
        } else {
            assert_eq!(design[from..to], table, "run UPDATE_TABLES=1 cargo test --test state_table");
        }
    }
}
