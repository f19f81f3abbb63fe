//! Lines that are wrong, in every way: what is said of them, and with which code the run ends.

use serde_json::{Value, json};

use super::{ASK, REQUEST, SETTINGS, err, lines, out, pipe};

#[test]
fn a_bad_line_is_reported_and_the_rest_runs() {
    let input = lines(&[SETTINGS, "{ no json", ASK]);
    let output = pipe(&["-"], &input);
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("-:2: "), "{}", err(&output));
    assert!(out(&output).contains("1 met, 0 failed") && out(&output).contains("NOT READ      1 line: "));

    let output = pipe(&["--strict", "-"], &input);
    assert_eq!(output.status.code(), Some(3));
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
        format!(r#"{{{at},"expects":{{"verdict":"deny"}}}}"#),
        format!(r#"{{{at},"expect":{{"verdct":"deny"}}}}"#),
        format!(r#"{{{at},"expect":{{"verdict":null}}}}"#),
        format!(r#"{{{at},"expect":null}}"#),
        format!(r#"{{{at},"expect":[]}}"#),
        format!(r#"{{{at},"ask":null,"expect":{{}}}}"#),
        format!(r#"{{{at},"import":{{"system":"crm","rows":[]}},"expect":{{"plan":[]}}}}"#),
        format!(
            r#"{{{at},"import":{{"system":"crm","rows":[]}},"expect":{{"plan":{{"because":{{"a":1,"a":2}}}}}}}}"#
        ),
        format!(
            r#"{{{at},"import":{{"system":"crm","rows":[],"fields":[{{"column":1,"purpose":"news","meanings":{{"no":"nothing","no":"opted_in"}}}}]}}}}"#
        ),
        format!(r#"{{{at},"confirm":{{"link":"a","page":[]}}}}"#),
        format!(r#"{{{at},"policy":[]}}"#),
        format!(r#"{{{at},"state":{{"person":"ann","purpose":"nws"}},"expect":{{"state":"unknown"}}}}"#),
        String::from("[]"),
        String::from(r#"[null,null]"#),
        String::from("{\"after\":\"1d\"}\0"),
        String::from("\u{feff}{}"),
        "[".repeat(10_000),
    ] {
        let output = pipe(&["--summary", "-"], &lines(&[SETTINGS, &bad, ASK]));
        assert_eq!(output.status.code(), Some(3), "{bad}: {}", err(&output));
        assert!(err(&output).contains("-:2: "), "{bad}: {}", err(&output));
        assert!(
            !err(&output).contains("struct") && !err(&output).contains("at line"),
            "{bad}: {}",
            err(&output)
        );
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
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    assert!(err(&output).contains("-:2: the line is longer than 1 MiB"));
    assert!(err(&output).contains("-:3: the line is not UTF-8"));
    assert!(out(&output).contains("1 met, 0 failed"));
}

#[test]
fn settings_that_cannot_be_used_take_their_steps_with_them() {
    let broken = SETTINGS.replace(r#""title":"News""#, r#""title":"""#);
    for broken in [
        &broken,
        &SETTINGS.replace("regimes", "regimens"),
        &SETTINGS.replace("scenario", "scenarios"),
        &SETTINGS[..90],
    ] {
        let output = pipe(&["--summary", "-"], &lines(&[SETTINGS, ASK, broken, ASK, SETTINGS, ASK]));
        assert_eq!(output.status.code(), Some(3));
        assert!(
            err(&output).contains("-:3: ") && err(&output).contains("-:4: no scenario runs"),
            "{}",
            err(&output)
        );
        assert!(out(&output).contains("2 met, 0 failed"), "{}", out(&output));
        assert!(out(&output).contains("NOT READ      2 lines"), "{}", out(&output));
    }
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
fn a_message_keeps_its_advice_and_hides_the_value() {
    let evidence = r#"{"at":"2026-03-02T10:00:00Z","act":{"person":"ann","evidence":{"method":"ann.smith","source":"web"},"do":{"grant":{}}}}"#;
    for (line, says) in [
        (evidence, "unknown name [redacted], expected one of `explicit`, "),
        (r#"{"ann.smith":1}"#, "unknown field [redacted], expected one of `scenario`, "),
        (r#"{"frob":1}"#, "unknown field `frob`, expected one of "),
        (r#"{"frob`, expected ann.smith":1}"#, "unknown field [redacted], expected one of `scenario`, "),
        (r#"{"note":["ann.smith"]}"#, "column 8: invalid type: list, expected a string"),
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
fn a_message_names_the_field_and_what_to_do() {
    let at = r#""at":"2026-03-02T10:00:00Z""#;
    for (line, says) in [
        (r#""ask":{"person":"bob","purpose":"news"}"#, "`person`: nobody of this name is known yet: "),
        (r#""ask":{"person":"ann","purpose":"nws"}"#, "`purpose`: the catalogue has none of this id: add it"),
        (
            r#""state":{"person":"ann","purpose":"nws"}"#,
            "`purpose`: the catalogue has none of this id: add it",
        ),
        (r#""ask":{"person":"ann","purpose":"news","as_of":"x"}"#, "`as_of`: no step before has this `id`: "),
        (
            r#""ask":{"person":"ann","purpose":"news","point":"x"}"#,
            "`point`: no contact point of this name is known yet: ",
        ),
        (r#""act":{"person":"ann","do":{"merge":"bob"}}"#, "`merge`: nobody of this name is known yet: "),
        (
            r#""act":{"person":"ann","do":{"verify":"x"}}"#,
            "`verify`: no contact point of this name is known yet: ",
        ),
        (r#""act":{"person":"ann","do":{"confirm":{"step":"x"}}}"#, "`step`: no step before has this `id`: "),
        (
            r#""act":{"person":"ann","view":{"step":"x"},"do":{"opt_out":[{}]}}"#,
            "`view`: no step before has this `id`: ",
        ),
        (
            r#""act":{"person":"ann","writer":"x","do":"erase"}"#,
            "`writer`: the scenario has none of this name: add it",
        ),
        (
            r#""act":{"person":"ann","by":{"role":"importer"},"do":"erase"}"#,
            "`via`: this role acts through a system: name it",
        ),
        (
            r#""payload":{"salesforce.consent_write":{"system":"crm","action":"email","query":"ids=canary@&status=OptOut&createIndividual=true"}}"#,
            "`ids`: `address`: nothing stands after the @",
        ),
        (
            r#""payload":{"salesforce.consent_write":{"system":"crm","action":"email","query":"ids=a@example.com&status=OptOut&createIndividual=true","creates":"ann"}}"#,
            "`creates`: somebody of this name is there already: choose another",
        ),
        (r#""person":{"name":"ann"}"#, "`name`: somebody of this name is there already: "),
        (
            r#""person":{"name":"b","points":[{"point":"b","kind":"email","address":"canary"}]}"#,
            "`address`: ",
        ),
        (r#""confirm":{"link":"never"}"#, "`link`: no message was sent with it: "),
        (r#""act":{"person":"ann","do":[]}"#, "column "),
        (
            r#""act":{"person":"ann","do":{"clear":{"step":"x","nth":-1}}}"#,
            "expected a whole number that fits",
        ),
        (
            r#""act":{"person":"ann","evidence":{"method":"explicit","source":"web","notice":7},"do":"erase"}"#,
            "invalid type: number, expected an object",
        ),
    ] {
        let line = format!("{{{at},{line}}}");
        let output = pipe(&["-"], &lines(&[SETTINGS, &line]));
        let said = err(&output).lines().next().unwrap_or_default();
        assert!(said.starts_with("error: -:2: ") && said.contains(says), "{line}: {said}");
        assert!(said.matches("column").count() <= 1 && !said.contains("canary"), "{line}: {said}");
    }
}

/// People of the settings come in with the first step: what is wrong with one is told of their line, and the others come in.
#[test]
fn one_wrong_person_does_not_keep_out_the_others() {
    let wrong = r#"{"name":"bob","points":[{"point":"b","kind":"phone","address":"canary"}]},{"name":"ann","#;
    let settings = SETTINGS.replace(r#"{"name":"ann","#, wrong);
    let output = pipe(&["-"], &lines(&[&settings, ASK, ASK]));
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).starts_with("error: -:1: `people`: `address`: "), "{}", err(&output));
    assert!(out(&output).contains("2 met, 0 failed"), "{}{}", out(&output), err(&output));
}

#[test]
fn the_lowest_code_that_is_not_0_counts() {
    let failing = ASK.replace(r#""deny""#, r#""permit""#);
    let misspelt = ASK.replace("expect", "expects");
    for (input, code) in [
        (lines(&[SETTINGS, ASK]), 0),
        (lines(&[SETTINGS, ASK, &failing]), 1),
        (lines(&[SETTINGS, &misspelt, &failing]), 1),
        (lines(&[SETTINGS, &failing, &misspelt]), 1),
        (lines(&[SETTINGS, ASK, &misspelt]), 3),
    ] {
        for style in [&["-"][..], &["--summary", "-"], &["--json", "-"]] {
            assert_eq!(pipe(style, &input).status.code(), Some(code), "{style:?}");
        }
    }
    let strict = |input: &[&str]| pipe(&["--strict", "-"], &lines(input)).status.code();
    assert_eq!(strict(&[SETTINGS, ASK, &misspelt, &failing]), Some(3), "it ends before the failure");
    assert_eq!(strict(&[SETTINGS, &failing, &misspelt]), Some(1));
    let missing = |input: &[&str]| pipe(&["-", "no-such-file.jsonl"], &lines(input)).status.code();
    assert_eq!(missing(&[SETTINGS, ASK, &misspelt]), Some(2));
    assert_eq!(missing(&[SETTINGS, &failing]), Some(1));
}

#[test]
fn an_input_without_anything_to_check_is_no_success() {
    for (input, says) in [
        (Vec::new(), "-: no line begins a `scenario`: nothing was checked"),
        (b"\xef\xbb\xbf".to_vec(), "-: no line begins a `scenario`: nothing was checked"),
        (b"\n\r\n  \n".to_vec(), "-: no line begins a `scenario`: nothing was checked"),
        (lines(&[SETTINGS]), "-: no step was done: nothing was checked"),
    ] {
        let output = pipe(&["-"], &input);
        assert_eq!(output.status.code(), Some(3), "{}", out(&output));
        assert!(err(&output).contains(says), "{}", err(&output));
        assert!(out(&output).contains("NOT CHECKED   1 input has nothing to check"), "{}", out(&output));
    }
    let story = ASK.split_once(r#","expect""#).map(|(story, _)| format!("{story}}}")).unwrap();
    let output = pipe(&["-"], &lines(&[SETTINGS, &story]));
    assert_eq!(output.status.code(), Some(0), "a story may do without expectations");
    assert!(out(&output).contains("expectations  0 met, 0 failed"), "{}", out(&output));
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_skipped() {
    let mut input = b"\xef\xbb\xbf".to_vec();
    input.extend(format!("{SETTINGS}\r\n{ASK}\r\n").bytes());
    let output = pipe(&["--strict", "-"], &input);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let mut full = b"\xef\xbb\xbf".to_vec();
    full.extend(SETTINGS.bytes().chain(core::iter::repeat_n(b' ', (1 << 20) - SETTINGS.len())));
    full.extend(format!("\r\n{ASK}").bytes());
    let output = pipe(&["--strict", "-"], &full);
    assert_eq!(output.status.code(), Some(0), "the longest line: {}", err(&output));
}

#[test]
fn json_ends_with_the_summary() {
    let misspelt = ASK.replace("expect", "expects");
    let failing = ASK.replace(r#""deny""#, r#""permit""#);
    let output = pipe(&["--json", "-"], &lines(&[SETTINGS, ASK, &misspelt, &failing]));
    assert_eq!(output.status.code(), Some(1));
    let printed: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = printed.iter().map(|line| line["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["scenario", "person", "ask", "not_read", "ask", "summary"]);
    assert_eq!((&printed[3]["line"], &printed[3]["file"]), (&json!(3), &json!("-")));
    assert!(printed[3]["problem"].as_str().unwrap().contains("unknown field `expects`"));
    let summary = json!({
        "kind": "summary", "scenarios": 1, "steps": 3, "facts": 2,
        "decisions": {"permit": 0, "defer": 0, "deny": 2}, "expectations": {"met": 1, "failed": 1},
        "lines_not_read": 1, "inputs_not_checked": 0, "exit": 1,
    });
    assert_eq!(printed[5], summary);
}

/// A withdrawal is not lost because the scenario does not say what to call whom the call makes known.
#[test]
fn whom_a_payload_makes_known_has_a_name() {
    let call = r#"{"at":"2026-03-02T09:00:00Z","payload":{"salesforce.consent_write":{"system":"salesforce","action":"email","query":"ids=canary2%40example.com&status=OptOut&createIndividual=true"}},"expect":{"kinds":["attach","attach","opt_out"],"targets":["salesforce.line-2"]}}"#;
    let ask = r#"{"at":"2026-03-02T11:00:00Z","ask":{"person":"salesforce.line-2","purpose":"news","channel":"email","point":"salesforce.line-2.mail"},"expect":{"verdict":"deny","reasons":["opt_out"]}}"#;
    let output = pipe(&["-"], &lines(&[SETTINGS, call, ask]));
    assert_eq!(output.status.code(), Some(0), "{}{}", out(&output), err(&output));
    assert!(out(&output).contains("4 met, 0 failed"), "{}{}", out(&output), err(&output));
    assert!(!out(&output).contains("canary"), "{}", out(&output));
}
