//! The same facts give the same answer: in whatever order they come, whenever they are read again.

use consent_engine::*;

use crate::support::*;

fn news() -> Cell {
    cell("news", EMAIL)
}

#[test]
fn l06_the_source_has_no_ambient_input() {
    let banned = [
        "HashMap",
        "HashSet",
        "SystemTime",
        "Utc::now",
        "Local::now",
        "thread_rng",
        "new_v4",
        "now_v7",
        "std::env",
    ];
    let mut files = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    let mut read = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if !path.to_string_lossy().contains("strategy") {
            let text = std::fs::read_to_string(&path).unwrap();
            read += 1;
            for word in banned {
                assert!(!text.contains(word), "{word} in {}", path.display());
            }
        }
    }
    assert!(read > 40);
}

#[test]
fn l06_the_answer_does_not_depend_on_the_order_of_loading() {
    let policy = policy();
    let run = busy(&policy);
    let forwards = Projection::fold(&run.facts).0;
    let backwards = Projection::fold(run.facts.iter().rev()).0;
    assert_eq!(forwards, backwards);
    let bytes = |projection| {
        let view = View::new(&policy, Subject::new(PERSON), projection).unwrap();
        let record = evaluate(&view, &run.query(news(), RegimeSet::OPT_IN), &policy, run.now).to_record();
        serde_json::to_vec(&record).unwrap()
    };
    assert_eq!(bytes(forwards), bytes(backwards));
}

/// A history with a fact of most kinds, by two writers.
pub(crate) fn busy(policy: &Policy) -> Run<'_> {
    let mut run = Run::new(policy);
    assert!(run.grant(news()));
    run.pass(60);
    run.writer = OTHER_WRITER;
    run.opt_out(Scope::purpose(id("news")));
    run.act(
        system(),
        Act::Restrict { reason: RestrictionReason::Bounce, scope: Scope::EVERYTHING.at(PHONE), until: None },
    )
    .unwrap();
    run.pass(60);
    run.person(Act::Request(vec![Stated::cell(cell("events", SECOND_EMAIL))])).unwrap();
    run.pass(60);
    run.person(Act::Confirm(run.last_request())).unwrap();
    run.writer = WRITER;
    let until = Some(run.now.saturating_add(Span::days(9)));
    run.person(Act::Restrict { reason: RestrictionReason::Pause, scope: Scope::EVERYTHING, until }).unwrap();
    run.act(operator(), Act::Hold(id("profiling"))).unwrap();
    run.act(operator(), Act::RecordBasis { purpose: id("outages"), basis: LawfulBasis::LegalObligation })
        .unwrap();
    run.act(operator(), Act::Revoke(Scope::purpose(id("football")))).unwrap();
    run.person(Act::Replace { old: EMAIL, new: SECOND_EMAIL }).unwrap();
    run.pass(60);
    assert!(run.grant(news()));
    run.person(Act::Resume(Scope::EVERYTHING)).unwrap();
    run
}

#[test]
fn l07_replay_at_every_prefix_and_from_every_snapshot() {
    let policy = policy();
    let run = busy(&policy);
    let whole = Projection::fold(&run.facts).0;
    let mut stepwise = Projection::default();
    for (n, fact) in run.facts.iter().enumerate() {
        assert_eq!(Projection::fold(&run.facts[..n]).0, stepwise, "prefix {n}");
        let stored = serde_json::to_string(&stepwise).unwrap();
        let mut resumed: Projection = serde_json::from_str(&stored).unwrap();
        run.facts[n..].iter().for_each(|fact| assert_eq!(resumed.apply(fact), Ok(Applied::New)));
        assert_eq!(resumed, whole, "snapshot {n} and the tail");
        assert_eq!(stepwise.apply(fact), Ok(Applied::New));
    }
    assert_eq!(&whole, run.view.projection());
    assert_eq!(&whole.heads(), run.view.token(), "the heads are what was read");
}

/// Facts as version 1 wrote them. Files are added, never regenerated: they are what stores hold.
#[test]
fn l07_facts_of_version_1_read_as_they_were() {
    let read = |stored: &str| -> Vec<Fact> {
        let facts: Vec<Fact> = stored.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let written: String = facts.iter().map(|fact| serde_json::to_string(fact).unwrap() + "\n").collect();
        assert_eq!(written, stored);
        facts
    };
    let before = read(include_str!("../data/facts-v1.jsonl"));
    let asked = read(include_str!("../data/facts-v1-asked.jsonl"));
    let policy = policy();
    assert_eq!(asked, busy(&policy).facts, "what was written then is what is written now");
    // Before, a request left no note at the contact point, and a confirmation did not say where its request stands.
    let (old, new) = (Projection::fold(&before).0, Projection::fold(&asked).0);
    let view = |projection| View::new(&policy, Subject::new(PERSON), projection).unwrap();
    let (old, new, now) = (view(old), view(new), asked.last().unwrap().recorded_at);
    for (purpose, point) in [("news", EMAIL), ("news", SECOND_EMAIL), ("events", SECOND_EMAIL)] {
        let query = Run::bare(&policy).query(cell(purpose, point), RegimeSet::OPT_IN);
        let [old, new] = [&old, &new].map(|view| evaluate(view, &query, &policy, now));
        assert_eq!((old.verdict(), old.reasons()), (new.verdict(), new.reasons()), "{purpose}");
    }
}

#[test]
fn l12_all_orders_and_repeats_give_the_same_state() {
    let policy = policy();
    let mut run = Run::new(&policy);
    run.facts.clear();
    run.view = View::new(&policy, Subject::new(PERSON), Projection::default()).unwrap();
    run.act(operator(), Act::Attach { point: EMAIL, kind: PointKind::Email }).unwrap();
    assert!(run.grant(news()));
    run.pass(60);
    run.writer = OTHER_WRITER;
    run.opt_out(Scope::purpose(id("news")));
    run.pass(60);
    run.opt_out(Scope::EVERYTHING.at(EMAIL));
    run.pass(60);
    assert!(run.grant(news()));
    assert_eq!(run.facts.len(), 6);
    let expected = Projection::fold(&run.facts).0;
    let mut orders = 0;
    permute(&mut (0..6).collect::<Vec<_>>(), 0, &mut |order| {
        let facts = order.iter().map(|n| &run.facts[*n]);
        let doubled = facts.clone().chain(order.iter().rev().map(|n| &run.facts[*n]));
        assert_eq!(Projection::fold(facts).0, expected);
        assert_eq!(Projection::fold(doubled).0, expected);
        orders += 1;
    });
    assert_eq!(orders, 720);
}

fn permute(items: &mut Vec<usize>, from: usize, seen: &mut impl FnMut(&[usize])) {
    if from == items.len() {
        return seen(items);
    }
    for at in from..items.len() {
        items.swap(from, at);
        permute(items, from + 1, seen);
        items.swap(from, at);
    }
}
