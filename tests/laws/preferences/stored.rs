//! What travels and what is stored.

use consent_engine::*;

use super::*;
use crate::support::*;

/// The stored form that travels, and the facts, effects and wishes around it, as version 1 wrote them.
#[test]
fn l07_forms_of_version_1_read_as_they_were() {
    let policy = policy();
    let mut run = Run::new(&policy);
    assert!(run.grant(news()));
    run.pass(60);
    let mut form = shown(&run).form();
    form.rows.retain(|row| row.cell.purpose == id("news"));
    form.rows[1].choice = Choice::Paused { until: Some(t(9_000)) };
    form.rows[2].choice = Choice::Pending { until: t(9_000) };
    form.rows[3] = ShownRow { choice: Choice::No, interest: Interest::NotRelevant, ..form.rows[3] };
    let wishes = [
        RowWish::new(news(), YES),
        RowWish::new(news(), NO),
        RowWish::new(news(), Wish::Resume),
        RowWish::new(news(), Wish::Pause { until: Some(t(9_000)) }),
        RowWish::finding(news(), Interest::Relevant),
    ];
    let said = Act::Preference { purpose: id("news"), interest: Interest::NotRelevant, note: None };
    let fact = run.person(said).unwrap().facts.remove(0);
    let effect = Effect::NotifyChange { subject: PERSON, at: t(9_000) };
    let mut written = serde_json::to_string(&form).unwrap() + "\n";
    for wish in &wishes {
        written += &(serde_json::to_string(wish).unwrap() + "\n");
    }
    written += &(serde_json::to_string(&fact).unwrap() + "\n");
    written += &(serde_json::to_string(&effect).unwrap() + "\n");
    let stored = include_str!("../../data/preferences-v1.jsonl");
    assert_eq!(written, stored);
    let lines: Vec<_> = stored.lines().collect();
    assert_eq!(serde_json::from_str::<PreferenceForm>(lines[0]).unwrap(), form);
    let read: Vec<RowWish> = lines[1..6].iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, wishes);
    assert_eq!(serde_json::from_str::<Fact>(lines[6]).unwrap(), fact);
    assert_eq!(serde_json::from_str::<Effect>(lines[7]).unwrap(), effect);
    let old = r#"{"kind":"preference","body":{"purpose":"news"}}"#;
    let old: FactKind = serde_json::from_str(old).unwrap();
    assert_eq!(old, FactKind::Preference { purpose: id("news"), interest: Interest::Unstated, note: None });
    assert!(!serde_json::to_string(&old).unwrap().contains("interest"), "as it was written before");
    let pause: Wish = serde_json::from_str(r#"{"pause":{}}"#).unwrap();
    assert_eq!(pause, Wish::Pause { until: None }, "refused by its row, not by the reader");
}
