//! The example `import` as a program: files as people have them, and worse.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "tests may panic"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

const NOW: [&str; 4] = ["--now", "2026-03-02T10:00:00Z", "--notice", "signup:1"];
const HEADER: &str = "Email Address,First Name,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,EUID";

/// A new, empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("import").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output: Output = common::example("import").current_dir(folder).args(arguments).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code(), text)
}

fn import(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    run(folder, &[&NOW[..], arguments].concat())
}

/// A sample of an export, in a file that was written a day before the import.
fn sample(folder: &Path, kind: &str, rows: &str) -> String {
    let output = common::example("import").args(["--generate", rows, "--sample", kind]).output().unwrap();
    let name = format!("{kind}.csv");
    fs::write(folder.join(&name), output.stdout).unwrap();
    name
}

#[test]
fn every_kind_of_export_is_read() {
    let folder = folder("kinds");
    let files: Vec<_> = ["subscribed", "unsubscribed", "cleaned", "hubspot", "jsonl"]
        .map(|kind| sample(&folder, kind, "200"))
        .into();
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let field = ["--field", "Newsletter=marketing.news", "--report", "rejected.csv"];
    let (code, text) = import(&folder, &[&field[..], &files].concat());
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("subscribed.csv: 200 rows = 164 applied + 5 unchanged + 31 rejected"), "{text}");
    assert_eq!(text.matches("200 rows = ").count(), 5, "{text}");
    let (code, plan) = import(&folder, &[&["--dry-run"], &field[..2], &files[..1]].concat());
    assert_eq!(code, Some(0), "{plan}");
    for part in [
        "200 rows: ",
        " people become contactable, because ",
        " rows are rejected, because ",
        "Nothing was written.",
    ] {
        assert!(plan.contains(part), "{part}\n{plan}");
    }
    let rejected = fs::read_to_string(folder.join("rejected.csv")).unwrap();
    for text in [&text, &plan, &rejected] {
        assert!(!text.contains("@example") && !text.contains("192.0.2"), "{text}");
    }
    assert!(rejected.lines().count() > 40 && rejected.starts_with("file,row,why\n\"subscribed.csv\",5,"));
}

#[test]
fn l31_stopped_anywhere_and_resumed_it_is_the_same() {
    let folder = folder("resumed");
    let files = [sample(&folder, "subscribed", "300"), sample(&folder, "unsubscribed", "150")];
    let files = [files[0].as_str(), files[1].as_str()];
    let keep = |store, more: &[&str]| import(&folder, &[&["--resume", store], more, &files[..]].concat());
    let (code, whole) = keep("whole", &[]);
    assert_eq!(code, Some(0), "{whole}");
    assert!(
        whole.contains("why: `--dry-run`"),
        "rejected rows have a reason, and somewhere to read it: {whole}"
    );
    for rows in ["1", "7", "299", "300", "301", "449"] {
        for _ in 0..2 {
            assert_eq!(keep(rows, &["--stop-after", rows]).0, Some(3), "{rows}");
            if rows != "1" && rows != "7" {
                break;
            }
        }
        let (code, text) = keep(rows, &[]);
        assert_eq!(code, Some(0), "{text}");
        let ends = |text: &str| {
            text.lines().filter(|line| line.contains(" rows = ")).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(ends(&text), ends(&whole), "{rows}");
        same(&folder, rows);
        // A second run finds everything done.
        assert_eq!(keep(rows, &[]).0, Some(0));
        same(&folder, rows);
    }
}

/// Both stores hold the same. Rows of a page are committed together, so that other pages write in another order.
fn same(folder: &Path, store: &str) {
    let records = |name: &str| records(&fs::read(folder.join(name)).unwrap());
    assert!(records(store) == records("whole"), "{store} is not what one run comes to");
}

/// What a store holds, by key, and how many batches were written.
fn records(mut journal: &[u8]) -> (BTreeMap<Vec<u8>, Vec<u8>>, usize) {
    fn take<'a>(journal: &mut &'a [u8], len: usize) -> &'a [u8] {
        let (taken, rest) = journal.split_at(len);
        *journal = rest;
        taken
    }
    let number = |journal: &mut &[u8]| u32::from_be_bytes(take(journal, 4).try_into().unwrap());
    let (mut records, mut batches) = (BTreeMap::new(), 0);
    while !journal.is_empty() {
        for _ in 0..number(&mut journal) {
            let len = number(&mut journal);
            let key = take(&mut journal, len as usize).to_vec();
            match number(&mut journal) {
                u32::MAX => records.remove(&key),
                len => records.insert(key, take(&mut journal, len as usize).to_vec()),
            };
        }
        assert_eq!(take(&mut journal, 4), b"done");
        batches += 1;
    }
    (records, batches)
}

#[test]
fn l31_a_killed_process_leaves_a_torn_store_and_an_old_cursor() {
    let folder = folder("torn");
    let file = sample(&folder, "subscribed", "120");
    let keep = |store| import(&folder, &["--resume", store, &file]);
    assert_eq!(keep("whole").0, Some(0));
    let whole = fs::read(folder.join("whole")).unwrap();
    for part in 1..12 {
        let cut = whole.len() * part / 12 + part;
        fs::write(folder.join("torn"), &whole[..cut]).unwrap();
        let _ = fs::remove_file(folder.join("torn.cursor"));
        let (code, text) = keep("torn");
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("120 rows = "), "{text}");
        same(&folder, "torn");
    }
}

/// The outcome of a file of some rows.
fn outcome(name: &str, content: &[u8], file: &str) -> String {
    let folder = folder(name);
    fs::write(folder.join(file), content).unwrap();
    let (code, text) = import(&folder, &["--report", "rejected.csv", file]);
    assert_eq!(code, Some(0), "{text}");
    text + &fs::read_to_string(folder.join("rejected.csv")).unwrap()
}

const GOOD: &str = "ada@example.com,Ada,2024-03-01 10:00:00,192.0.2.7,2024-03-01 11:00:00,192.0.2.7,e1";

fn csv(rows: &[&[u8]]) -> Vec<u8> {
    let rows = rows.iter().flat_map(|row| [row, &b"\n"[..]].concat());
    format!("{HEADER}\n{GOOD}\n").into_bytes().into_iter().chain(rows).collect()
}

#[test]
fn d49_rows_of_other_encodings_are_rejected_and_the_rest_is_read() {
    let latin = csv(&[b"bob@example.com,Andr\xe9,2024-03-01 10:00:00,192.0.2.7,,,e2"]);
    let text = outcome("latin1", &latin, "a.csv");
    assert!(
        text.contains("2 rows = 1 applied + 0 unchanged + 1 rejected") && text.contains("is not UTF-8"),
        "{text}"
    );
    let wide: Vec<u8> =
        format!("\u{feff}{HEADER}\n{GOOD}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let text = outcome("utf16", &wide, "a.csv");
    assert!(text.contains("0 applied + 0 unchanged") && text.contains("is not UTF-8"), "{text}");
    let marked = [&b"\xef\xbb\xbf"[..], &csv(&[])].concat();
    assert!(outcome("bom", &marked, "a.csv").contains("1 rows = 1 applied"));
}

#[test]
fn d49_an_opt_out_in_a_broken_row_is_taken() {
    let header = "Email Address,First Name,UNSUB_TIME,UNSUB_REASON,EUID";
    let rows = [
        &b"ada@example.com,Andr\xe9,2024-03-01 10:00:00,NORMAL,e1"[..],
        b"bob@example.com,Bob,yesterday,NORMAL,e2",
        b"carol@example.com,Carol",
        b"dan@example.com,\"Dan,2024-03-01 10:00:00,NORMAL,e4",
    ];
    let text = outcome("broken", &[header.as_bytes(), &rows.join(&b'\n')].join(&b'\n'), "a.csv");
    assert!(text.contains("4 rows = 4 applied + 0 unchanged + 0 rejected"), "{text}");
}

#[test]
fn d49_headers_that_repeat_or_are_formulas_do_no_harm() {
    let twice = format!("{HEADER},Email Address\n{GOOD},eve@example.com\n");
    let text = outcome("twice", twice.as_bytes(), "a.csv");
    assert!(text.contains("1 rows = 0 applied") && text.contains("gives column 8 a name"), "{text}");
    for cell in ["=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(1)"] {
        let formula = format!("{HEADER},{cell}\n{GOOD},{cell}\n");
        let text = outcome("formula", formula.as_bytes(), "a.csv");
        assert!(text.contains(&format!("column `'{cell}` is not read")), "{text}");
        // A program takes what begins with `-` for an option.
        let cell = if cell.starts_with('-') { "=-2" } else { cell };
        let text = outcome(
            "named",
            format!("{HEADER}\n{cell},,,\n").as_bytes(),
            &format!("{}a.csv", cell.chars().next().unwrap()),
        );
        let named = text.lines().filter(|line| line.contains("a.csv"));
        assert!(
            named.clone().count() > 0 && named.clone().all(|line| line.starts_with(['\'', '"'])),
            "{text}"
        );
        assert!(named.filter(|line| line.starts_with('"')).all(|line| line.starts_with("\"'")), "{text}");
    }
}

#[test]
fn d49_overlong_and_unclosed_rows_end_where_they_end() {
    let long = [b"bob@example.com,", &[b'x'; 200_000][..], b",2024-03-01 10:00:00,192.0.2.7,,,e2"].concat();
    let cell = [b"eve@example.com,Eve,", &[b'9'; 5_000][..], b",192.0.2.7,,,e3"].concat();
    let more = b"fay@example.com,Fay,2024-03-01 10:00:00,192.0.2.7,,,e4";
    let break_inside = b"gil@example.com,\"Gil\nof two lines\",2024-03-01 10:00:00,192.0.2.7,,,e5";
    let text =
        outcome("long", &csv(&[&long, &cell, more, break_inside, b"hal@example.com,\"Hal", more]), "a.csv");
    assert!(text.contains("7 rows = 3 applied + 1 unchanged + 3 rejected"), "{text}");
    assert!(
        text.contains("longer than the 65536 bytes") && text.contains("longer than the 1024 bytes"),
        "{text}"
    );
    assert!(text.contains("\"a.csv\",8,"), "a quote that nobody closes is the fault of its own row: {text}");
}

#[test]
fn d49_one_person_in_every_row_is_one_person() {
    let rows: Vec<_> = (0..2_000).map(|_| GOOD.as_bytes()).collect();
    let text = outcome("crowd", &csv(&rows), "a.csv");
    assert!(text.contains("2001 rows = 1 applied + 2000 unchanged + 0 rejected"), "{text}");
}

#[test]
fn d49_json_lines_are_read_or_rejected_line_by_line() {
    let good =
        r#"{"Email Address":"ada@example.com","OPTIN_TIME":"2024-03-01 10:00:00","OPTIN_IP":"192.0.2.7"}"#;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let twice = r#"{"Email Address":"ada@example.com","Email Address":"eve@example.com","UNSUB_TIME":""}"#;
    let nested = format!(r#"{{"Email Address":{}}}"#, "[".repeat(500));
    let lines = [good, "{ no json", &deep, twice, "[]", "{}", "\u{0}", &nested, good].join("\n");
    let text = outcome("jsonl", lines.as_bytes(), "a.jsonl");
    assert!(text.contains("9 rows = 2 applied + 1 unchanged + 6 rejected"), "{text}");
}

#[test]
fn wrong_use_says_what_to_do() {
    let folder = folder("usage");
    fs::write(folder.join("a.csv"), "name,age\nAda,36\n").unwrap();
    for (arguments, told) in [
        (&["a.csv"][..], "the columns are of no export that is known"),
        (&["none.csv"], "none.csv: "),
        (&["--notice", "signup", "a.csv"], "--notice has a value"),
        (&["--stop-after", "5", "a.csv"], "--stop-after needs --resume"),
        (&["--field", "X=nothing", "a.csv"], "the purposes are marketing, marketing.news, marketing.offers"),
        (&[], "name a file"),
    ] {
        let (code, text) = run(&folder, arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(told), "{text}");
    }
    let (code, help) = run(&folder, &["--help"]);
    assert!(code == Some(0) && help.contains("--resume STORE"));
}
