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
    for line in out(&first).lines() {
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
        let last: Value = serde_json::from_str(out(&output).lines().last().unwrap()).unwrap();
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
fn a_bad_line_is_reported_and_the_rest_runs() {
    let input = lines(&[SETTINGS, "{ no json", ASK]);
    let output = pipe(&["-"], &input);
    assert_eq!(output.status.code(), Some(0));
    assert!(err(&output).contains("-:2: "), "{}", err(&output));
    assert!(out(&output).contains("1 met, 0 failed") && out(&output).contains("bad lines     1"));

    let output = pipe(&["--strict", "-"], &input);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("-:2: "));
    assert!(!out(&output).contains("summary"));
}

#[test]
fn what_is_no_line_of_the_format_is_refused() {
    let at = r#""at":"2026-03-02T10:00:00Z""#;
    for bad in [
        format!(r#"{{{at},{at}}}"#),
        format!(r#"{{{at},"surprise":1}}"#),
        format!(r#"{{{at},"after":"1d"}}"#),
        format!(r#"{{{at},"expect":{{"verdict":"maybe"}}}}"#),
        format!(r#"{{{at},"expect":{{"verdict":"deny","verdict":"deny"}}}}"#),
        format!(r#"{{{at},"expect":{{"rejection":{{"a":1,"a":2}}}}}}"#),
        format!(r#"{{{at},"state":{{"person":"ann","purpose":"none","point":"nobody.mail"}}}}"#),
        format!(r#"{{{at},"ask":{{"person":"nobody","purpose":"news"}}}}"#),
        format!(r#"{{{at},"ask":{{"person":"ann","purpose":"nothing"}}}}"#),
        format!(r#"{{{at},"act":{{"person":"ann","do":{{"sing":{{}}}}}}}}"#),
        format!(r#"{{{at},"act":{{"person":"ann","do":{{"confirm":{{"step":"none"}}}}}}}}"#),
        format!(r#"{{{at},"act":{{"person":"ann","by":{{"role":"importer"}},"do":"erase"}}}}"#),
        format!(r#"{{{at},"act":{{"person":"ann","link":"a","do":"erase"}}}}"#),
        format!(r#"{{{at},"confirm":{{"link":"never"}}}}"#),
        format!(r#"{{{at},"confirm":{{"link":"never","http":"PUT"}}}}"#),
        format!(r#"{{{at},"one_click":{{"person":"ann","scopes":[{{"point":"nobody.mail"}}]}}}}"#),
        format!(r#"{{{at},"one_click":{{"person":"nobody","scopes":[]}}}}"#),
        format!(r#"{{{at},"import":{{"system":"crm"}}}}"#),
        format!(r#"{{{at},"import":{{"system":"crm","rows":[],"page":0}}}}"#),
        format!(r#"{{{at},"import":{{"system":"crm","rows":[{{"row":2}},{{"row":1}}]}}}}"#),
        format!(r#"{{{at},"import":{{"system":"crm","rows":[]}},"confirm":{{"link":"a"}}}}"#),
        String::from(r#"{"note":"no instant"}"#),
        String::from("[]"),
        String::from("\u{feff}{}"),
        "[".repeat(10_000),
    ] {
        let output = pipe(&["--summary", "-"], &lines(&[SETTINGS, &bad, ASK]));
        assert_eq!(output.status.code(), Some(0), "{bad}: {}", err(&output));
        assert!(err(&output).contains("-:2: "), "{bad}: {}", err(&output));
        assert!(out(&output).contains("1 met, 0 failed"), "{bad}");
    }
}

#[test]
fn hostile_bytes_are_reported_and_not_read() {
    let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(1 << 20));
    let mut input = lines(&[SETTINGS, &long]);
    input.extend_from_slice(b"\n\xff\xfe\n");
    input.extend_from_slice(ASK.as_bytes());
    let output = pipe(&["--summary", "-"], &input);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("-:2: the line is longer than 1 MiB"));
    assert!(err(&output).contains("-:3: the line is not UTF-8"));
    assert!(out(&output).contains("1 met, 0 failed"));
}

#[test]
fn settings_that_cannot_be_used_take_their_steps_with_them() {
    let broken = SETTINGS.replace(r#""title":"News""#, r#""title":"""#);
    let output = pipe(&["--summary", "-"], &lines(&[SETTINGS, ASK, &broken, ASK, SETTINGS, ASK]));
    assert_eq!(output.status.code(), Some(0));
    assert!(err(&output).contains("-:3: ") && err(&output).contains("-:4: no scenario runs"));
    assert!(out(&output).contains("2 met, 0 failed"), "{}", out(&output));
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
fn no_address_is_printed() {
    let canaries = ["canary", "192.0.2.99", "+43664999", "Baker Street"];
    let act = r#"{"at":"2026-03-02T10:00:00Z","act":{"person":"ann","evidence":{"method":"explicit","source":"web","ip":"192.0.2.99","user_agent":"canary","reason":"canary","external_ref":"canary","source_detail":"canary"},"do":{"preference":{"purpose":"news","note":"canary"}}}}"#;
    let payload = r#"{"at":"2026-03-02T10:00:00Z","payload":{"salesforce.consent_write":{"system":"salesforce","action":"email","query":"ids=canary%40example.com&status=OptOut"}}}"#;
    let unknown = r#"{"at":"2026-03-02T10:00:00Z","payload":{"salesforce.consent_write":{"system":"salesforce","action":"canary@example.com","query":"ids=canary%40example.com,canary2@example.com&status=OptOut&purposeName=canary"}}}"#;
    let bad = [
        r#"{"at":"canary@example.com"}"#,
        r#"{"canary@example.com":1}"#,
        r#"{"at":"2026-03-02T10:00:00Z","person":{"name":"canary@example.com"}}"#,
        r#"{"at":"2026-03-02T10:00:00Z","person":"221B Baker Street \" canary"}"#,
        r#"{"at":"2026-03-02T10:00:00Z","ask":{"person":"ann","purpose":"canary@example.com"}}"#,
        r#"{"at":"2026-03-02T10:00:00Z","act":{"person":"ann","do":{"+43664999":1}}}"#,
        r#"{"at":"2026-03-02T10:00:00Z","person":{"name":"bob","points":[{"point":"b","kind":"phone","address":"canary@example.com"}]}}"#,
    ];
    let import = r#"{"at":"2026-03-02T10:00:00Z","import":{"system":"crm","registers":true,"rows":[{"row":1,"address":"CANARY@example.com","alias":"canary","says":[{"said":"complained","at":"canary"}]},{"row":2,"address":"canary at home","says":[{"said":"bounced"}]},{"row":3,"kind":"phone","address":"+43664999123","says":[{"said":"cleaned"}]}]}}"#;
    let confirm =
        r#"{"at":"2026-03-02T10:00:00Z","confirm":{"link":"a","page":{"address":"canary@example.com"}}}"#;
    let click = r#"{"at":"2026-03-02T10:00:00Z","one_click":{"person":"ann","body":"canary","scopes":[{}]}}"#;
    let mut input = vec![SETTINGS, act, payload, unknown, import, REQUEST, confirm, click];
    input.extend(bad);
    for arguments in [&["--explain", "-"][..], &["--json", "--explain", "-"]] {
        let output = pipe(arguments, &lines(&input));
        assert_eq!(err(&output).matches("error: -:").count(), bad.len(), "{}", err(&output));
        for canary in canaries {
            assert!(!out(&output).contains(canary), "{canary}: {}", out(&output));
            assert!(!err(&output).contains(canary), "{canary}: {}", err(&output));
        }
    }
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
fn a_message_keeps_its_advice_and_hides_the_value() {
    let evidence = r#"{"at":"2026-03-02T10:00:00Z","act":{"person":"ann","evidence":{"method":"ann.smith","source":"web"},"do":{"grant":{}}}}"#;
    for (line, says) in [
        (evidence, "unknown variant [redacted], expected one of `explicit`, "),
        (r#"{"ann.smith":1}"#, "unknown field [redacted], expected one of `scenario`, "),
        (r#"{"frob":1}"#, "unknown field `frob`, expected one of "),
        (r#"{"frob`, expected ann.smith":1}"#, "unknown field [redacted], expected one of `scenario`, "),
        (r#"{"note":["ann.smith"]}"#, "invalid type: sequence, expected a string"),
        (r#"{"after":"ann.smith"}"#, "such as `90s` or `7d`"),
        (
            r#"{"ask":{"person":"ann","purpose":"Ann Smith"}}"#,
            "use a-z and 0-9, and `.`, `_` or `-` between them",
        ),
    ] {
        let output = pipe(&["-"], &lines(&[SETTINGS, line]));
        assert!(err(&output).contains(says), "{line}: {}", err(&output));
        assert!(!err(&output).to_lowercase().contains("smith"), "{line}: {}", err(&output));
    }
}

#[test]
fn a_note_cannot_pass_for_what_the_run_says() {
    let step = r#"{"at":"2026-03-02T10:00:00Z","note":"x\n      as expected (99)\u001b[2J\u202e","person":{"name":"bob"}}"#;
    let output = pipe(&["-"], &lines(&[SETTINGS, step]));
    assert!(out(&output).contains(r"x\n      as expected (99)\u{1b}[2J\u{202e}"), "{}", out(&output));
    assert!(!out(&output).contains(['\u{1b}', '\u{202e}']), "{}", out(&output));
}
