//! The example `replay` as people run it: what it prints, what it refuses, and with which code it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "tests may panic"
)]

mod common;

#[path = "replay/input.rs"]
mod input;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use consent_engine::{ConfirmationSecret, ConfirmationToken, RequestId, SubjectId, TenantId};
use serde_json::Value;

fn replay() -> Command {
    common::example("replay")
}

fn run(arguments: &[&str]) -> Output {
    replay().args(arguments).output().unwrap()
}

/// Runs on standard input.
fn pipe(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = replay()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may end before it has read everything: that is its right.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn out(output: &Output) -> &str {
    core::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    core::str::from_utf8(&output.stderr).unwrap()
}

const SETTINGS: &str = r#"{"scenario":{"name":"s","regimes":["opt_in"],"catalogue":[{"id":"news","class":"marketing","basis":"consent","title":"News","channels":["email"]}],"people":[{"name":"ann","points":[{"point":"ann.mail","kind":"email","address":"canary@example.com"}]}]}}"#;
const ASK: &str = r#"{"at":"2026-03-02T10:00:00Z","ask":{"person":"ann","purpose":"news","channel":"email","point":"ann.mail"},"expect":{"verdict":"deny"}}"#;

const IMPORT: &str = r#"{"at":"2026-03-02T10:00:00Z","import":{"system":"crm","rows":[{"row":2,"address":"canary@example.com","says":[{"said":{"opted_in":"news"},"channel":"email","at":"2026-01-01T10:00:00Z","evidence":{"method":"explicit","source":"crm","notice":{"id":"n","version":1}}}]}]},"expect":{"plan":{"contactable":1},"rows":[{"row":2,"outcome":"applied"}]}}"#;
const REQUEST: &str = r#"{"at":"2026-03-02T10:00:00Z","act":{"person":"ann","link":"a","evidence":{"method":"explicit","source":"web"},"do":{"request":[{"purpose":{"exactly":"news"},"channel":"email","point":"ann.mail"}]}},"expect":{"outcome":"accepted"}}"#;
const CONFIRM: &str = r#"{"at":"2026-03-02T10:01:00Z","confirm":{"link":"a"},"expect":{"outcome":"accepted","kinds":["confirm"]}}"#;

fn lines(lines: &[&str]) -> Vec<u8> {
    lines.join("\n").into_bytes()
}

#[test]
fn the_bundled_scenarios_are_met() {
    for arguments in [&["--strict"][..], &["--strict", "--explain"], &["--strict", "--summary"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}\n{}", out(&output), err(&output));
        assert!(out(&output).contains("0 failed"));
        assert!(!out(&output).contains('\u{1b}'), "no colours in a pipe");
        assert_eq!(err(&output), "");
    }
}

#[test]
fn json_is_one_object_a_step_and_the_same_every_time() {
    let first = run(&["--json", "--explain"]);
    let second = run(&["--json", "--explain"]);
    assert_eq!(first.status.code(), Some(0));
    assert_eq!(first.stdout, second.stdout);
    let (steps, summary) = out(&first).trim_end().rsplit_once('\n').unwrap();
    let summary: Value = serde_json::from_str(summary).unwrap();
    assert_eq!((&summary["kind"], &summary["exit"]), (&"summary".into(), &0.into()));
    for line in steps.lines() {
        let step: Value = serde_json::from_str(line).unwrap();
        assert!(step["kind"].is_string() && step["line"].is_u64(), "{line}");
        assert!(step["kind"] != "ask" || step["decision"]["restrictions"].is_array(), "{line}");
    }
}

/// Whatever drives the operations, and whatever hides the store, comes to the same.
#[test]
fn every_way_prints_the_same() {
    let memory = run(&["--json", "--explain"]);
    assert_eq!(memory.status.code(), Some(0), "{}", err(&memory));
    for way in ["memory", "erased", "async", "own-loop"] {
        let other = run(&["--json", "--explain", "--through", way]);
        assert_eq!(other.status.code(), Some(0), "{way}: {}", err(&other));
        assert!(other.stdout == memory.stdout, "{way} prints something else");
    }
}

#[test]
fn a_failed_expectation_names_its_line() {
    let wrong = ASK.replace(r#""deny""#, r#""permit""#);
    for arguments in [&["-"][..], &["--summary", "-"]] {
        let output = pipe(arguments, &lines(&[SETTINGS, ASK, &wrong]));
        assert_eq!(output.status.code(), Some(1));
        assert!(out(&output).contains("FAILED -:3: verdict"), "{}", out(&output));
        assert!(out(&output).contains("expected \"permit\"") && out(&output).contains("actual   \"deny\""));
    }
}

#[test]
fn an_import_is_held_against_its_plan_and_rows() {
    let met = pipe(&["-"], &lines(&[SETTINGS, IMPORT]));
    assert_eq!(met.status.code(), Some(0), "{}{}", out(&met), err(&met));
    assert!(out(&met).contains("1 person becomes contactable") && out(&met).contains("row 2 applied"));

    for (right, wrong, what) in [
        (r#""contactable":1"#, r#""contactable":0"#, "plan.contactable"),
        (r#""plan":{"#, r#""plan":{"rejected":1,"#, "plan.rejected"),
        (r#""row":2,"outcome":"applied""#, r#""row":2,"outcome":"unchanged""#, "rows"),
        (r#""rows":[{"row":2,"outcome":"applied"}]"#, r#""rows":[]"#, "rows"),
        (r#""outcome":"applied""#, r#""outcome":"applied","refused":["nobody"]"#, "rows"),
    ] {
        let output = pipe(&["-"], &lines(&[SETTINGS, &IMPORT.replace(right, wrong)]));
        assert_eq!(output.status.code(), Some(1), "{wrong}");
        assert!(out(&output).contains(&format!("FAILED -:2: {what}\n")), "{wrong}: {}", out(&output));
    }
}

/// What a payload restricts at an address of nobody holds for whoever an import makes known there.
#[test]
fn a_payload_restricts_who_is_imported_later() {
    let unknown = r#"{"at":"2026-03-02T09:00:00Z","payload":{"salesforce.consent_write":{"system":"salesforce","action":"email","query":"ids=new%40example.com&status=OptOut"}},"expect":{"kinds":["interim"],"targets":["stranger"]}}"#;
    let import =
        IMPORT.replace("canary@", "new@").replace(r#""system":"crm""#, r#""system":"crm","registers":true"#);
    let import = import.replace(r#""row":2,"address""#, r#""row":2,"creates":"new","address""#);
    let ask = r#"{"at":"2026-03-02T11:00:00Z","ask":{"person":"new","purpose":"news","channel":"email","point":"stranger.mail"},"expect":{"verdict":"deny","reasons":["interim","consent_missing"]}}"#;

    let inert = import.replace(r#""contactable":1"#, r#""contactable":0"#).replace(
        r#""rows":[{"row":2,"outcome":"applied"}]"#,
        r#""rows":[{"row":2,"outcome":"applied","still_bites":["not_later"]}]"#,
    );
    let output = pipe(&["-"], &lines(&[SETTINGS, unknown, &inert, ask]));
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let output = pipe(&["-"], &lines(&[SETTINGS, &import]));
    assert_eq!(output.status.code(), Some(0), "without it the row permits: {}{}", out(&output), err(&output));
}

#[test]
fn the_dry_run_alone_writes_nothing() {
    let dry = IMPORT.replace(r#""system":"crm""#, r#""system":"crm","dry_run":true"#);
    let dry = dry.replace(r#","rows":[{"row":2,"outcome":"applied"}]"#, r#","facts":0"#);
    let output = pipe(&["-"], &lines(&[SETTINGS, &dry, ASK]));
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("3 met, 0 failed"));
}

#[test]
fn only_the_whole_link_confirms() {
    let output = pipe(&["-"], &lines(&[SETTINGS, REQUEST, CONFIRM]));
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    for (change, wanted) in [
        (r#""http":"GET""#, r#"{"evidence_rejected":"method_is_no_consent"}"#),
        (r#""tampered":{"secret_of":"b"}"#, r#""token_binding_mismatch""#),
        (r#""tampered":"other_tenant""#, r#""token_binding_mismatch""#),
        (r#""tampered":"cut_off""#, r#""nothing of the kind""#),
    ] {
        let tampered = CONFIRM.replace(r#""link":"a""#, &format!(r#""link":"a",{change}"#));
        let output = pipe(&["--json", "-"], &lines(&[SETTINGS, REQUEST, &tampered]));
        assert_eq!(output.status.code(), Some(1), "{change}: {}", out(&output));
        let last: Value = serde_json::from_str(out(&output).lines().nth_back(1).unwrap()).unwrap();
        assert_eq!(last["act"]["outcome"], "refused", "{change}");
        assert_eq!(last["facts"], Value::Array(Vec::new()), "{change}");
        let asked = tampered.replace(r#""outcome":"accepted","kinds":["confirm"]"#, r#""rejection":"other""#);
        let output = pipe(&["-"], &lines(&[SETTINGS, REQUEST, &asked]));
        assert!(out(&output).contains(&format!("actual   {wanted}\n")), "{change}: {}", out(&output));
    }
}

/// Whoever has the text of a token can confirm: it is in no output, whatever is asked for.
#[test]
fn no_token_is_printed() {
    let (subject, request) = (SubjectId::from_u128(0), RequestId::from_u128(0));
    let secret = ConfirmationSecret::new(&[0; 16]).unwrap();
    // Every token begins with its version and the tenant, which is the same in all scenarios: 17 bytes, 22 whole characters.
    let token = ConfirmationToken::new(TenantId::from_u128(1), subject, request, secret).expose();
    let begins = &token[..22];
    for arguments in [&["--explain"][..], &["--json", "--explain"]] {
        assert!(!out(&run(arguments)).contains(begins), "{arguments:?}");
    }
}

#[test]
fn what_is_generated_can_be_replayed() {
    let generated = run(&["--generate", "2000", "--seed", "7"]);
    assert_eq!(generated.status.code(), Some(0));
    assert_eq!(out(&generated).lines().count(), 2_000);
    assert_eq!(generated.stdout, run(&["--generate=2000", "--seed=7"]).stdout);
    assert_ne!(generated.stdout, run(&["--generate=2000", "--seed=8"]).stdout);
    let output = pipe(&["--strict", "--summary", "-"], &generated.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).contains("0 failed"));
}

#[test]
fn usage() {
    let help = run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(out(&help).contains("Exit codes"));
    for wrong in [
        &["--nonsense"][..],
        &["--json", "--summary"],
        &["--seed", "1"],
        &["--through", "the-wall"],
        &["--through"],
        &["--generate", "many"],
        &["no-such-file.jsonl"],
    ] {
        let output = run(wrong);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert!(err(&output).starts_with("error: "), "{wrong:?}: {}", err(&output));
        assert_eq!(out(&output), "");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut child =
        replay().args(["--generate", "50000"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), err(&output)), (Some(0), ""));
}

#[test]
fn a_reader_that_leaves_does_not_hide_a_failure() {
    let mut child = replay()
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let wrong = ASK.replace(r#""deny""#, r#""permit""#);
    let input = [SETTINGS, &wrong].into_iter().chain(core::iter::repeat_n(ASK, 200)).collect::<Vec<_>>();
    let mut stdin = child.stdin.take().unwrap();
    let input = lines(&input);
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!((output.status.code(), err(&output)), (Some(1), ""));
}

#[test]
fn a_note_cannot_pass_for_what_the_run_says() {
    let step = r#"{"at":"2026-03-02T10:00:00Z","note":"x\n      as expected (99)\u001b[2J\u202e","person":{"name":"bob"}}"#;
    let output = pipe(&["-"], &lines(&[SETTINGS, step]));
    assert!(out(&output).contains(r"x\n      as expected (99)\u{1b}[2J\u{202e}"), "{}", out(&output));
    assert!(!out(&output).contains(['\u{1b}', '\u{202e}']), "{}", out(&output));
}

/// Reasons, basis, deciding facts, remedies and `valid_until` of every answer, those that are none as well.
#[test]
fn every_answer_is_printed_whole() {
    let grant = r#"{"at":"2026-03-02T10:00:00Z","act":{"person":"ann","evidence":{"method":"explicit","source":"web"},"do":{"grant":{"stated":[{"purpose":{"exactly":"news"},"channel":"email","point":"ann.mail"}],"window":{"from":"2026-03-02T10:00:00Z","until":"2026-03-05T10:00:00Z"}}}}}"#;
    let yes = ASK.replace("deny", "permit");
    let output = pipe(&["-"], &lines(&[SETTINGS, ASK, grant, &yes]));
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    let deny = "      DENY  Unknown\n        reasons: consent_missing\n        basis: none, as nothing is permitted\n        \
        decided by consent_missing: no fact\n        remedies: ask for consent\n        valid until further notice\n";
    let permit = "      PERMIT  Explicit\n        reasons: none\n        basis: Consent\n        \
        decided by granted: grant of news on email at ann.mail, until 2026-03-05T10:00:00Z  person:ann@main#2\n        \
        remedies: none\n        duties: IdentifySender, OfferOptOut, OneClickHeader\n        valid until 2026-03-05T10:00:00Z\n";
    for answer in [deny, permit] {
        assert!(out(&output).contains(answer), "{}", out(&output));
    }
}
