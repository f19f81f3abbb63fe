//! Every bundled scenario is what `scenario.schema.json` says, and the schema refuses what it should.
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

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The keywords of JSON Schema that the schema uses. `pattern` is left to the program, which reads names strictly.
struct Schema {
    root: Value,
}

impl Schema {
    fn load() -> Self {
        let text = fs::read_to_string(directory().join("scenario.schema.json")).unwrap();
        Self { root: serde_json::from_str(&text).unwrap() }
    }

    fn refuses(&self, line: &Value) -> Option<String> {
        self.check(&self.root, line, "line").err()
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let fail = |what: &str| Err(format!("{at}: {what}"));
        for (keyword, rule) in schema.as_object().unwrap() {
            match keyword.as_str() {
                "$schema" | "$defs" | "title" | "description" | "pattern" => {}
                "$ref" => {
                    let path = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.root.pointer(path).unwrap(), value, at)?;
                }
                "oneOf" => {
                    let fits = |schema: &&Value| self.check(schema, value, at).is_ok();
                    if rule.as_array().unwrap().iter().filter(fits).count() != 1 {
                        return fail("not exactly one form fits");
                    }
                }
                "anyOf" if !rule.as_array().unwrap().iter().any(|one| self.check(one, value, at).is_ok()) => {
                    return fail("no form fits");
                }
                "anyOf" => {}
                "allOf" => rule.as_array().unwrap().iter().try_for_each(|one| self.check(one, value, at))?,
                "not" if self.check(rule, value, at).is_ok() => return fail("a form that is excluded"),
                "not" => {}
                "const" if rule != value => return fail("another value"),
                "enum" if !rule.as_array().unwrap().contains(value) => return fail("not in the list"),
                "const" | "enum" => {}
                "type" if !is_of(rule.as_str().unwrap(), value) => return fail("another type"),
                "type" => {}
                "properties" | "additionalProperties" => self.fields(schema, value, at)?,
                "required" => {
                    let missing = |name: &&Value| value.get(name.as_str().unwrap()).is_none();
                    if let Some(name) = rule.as_array().unwrap().iter().find(missing) {
                        return fail(&format!("{name} is missing"));
                    }
                }
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}[{index}]"))?;
                    }
                }
                bound => within(bound, rule, value).or_else(fail)?,
            }
        }
        Ok(())
    }

    fn fields(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (name, field) in value.as_object().into_iter().flatten() {
            match schema["properties"].get(name) {
                Some(rule) => self.check(rule, field, &format!("{at}.{name}"))?,
                None => match schema.get("additionalProperties") {
                    Some(Value::Bool(false)) => return Err(format!("{at}: {name} is not a field")),
                    Some(rule) => self.check(rule, field, &format!("{at}.{name}"))?,
                    None => {}
                },
            }
        }
        Ok(())
    }
}

/// Holds a value to a bound of its size.
fn within(bound: &str, limit: &Value, value: &Value) -> Result<(), &'static str> {
    let count = |len: Option<usize>| len.map(|len| len as f64);
    let (size, wrong) = match bound {
        "minimum" => (value.as_f64(), "too small"),
        "maximum" => (value.as_f64(), "too large"),
        "maxLength" => (count(value.as_str().map(|text| text.chars().count())), "too long"),
        "minItems" => (count(value.as_array().map(Vec::len)), "too few"),
        "maxItems" => (count(value.as_array().map(Vec::len)), "too many"),
        "minProperties" => (count(value.as_object().map(|fields| fields.len())), "too few fields"),
        "maxProperties" => (count(value.as_object().map(|fields| fields.len())), "too many fields"),
        other => panic!("the schema uses `{other}`: teach this test what it means"),
    };
    let limit = limit.as_f64();
    let holds = if bound.starts_with("min") { size >= limit } else { size <= limit };
    if holds { Ok(()) } else { Err(wrong) }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("the schema uses the type `{other}`"),
    }
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/scenarios")
}

fn bundled() -> Vec<(String, Vec<Value>)> {
    let mut files: Vec<_> = fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (path.file_name().unwrap().to_string_lossy().into_owned(), lines)
    };
    files.iter().map(read).collect()
}

#[test]
fn every_bundled_line_fits_the_schema() {
    let schema = Schema::load();
    for (file, lines) in bundled() {
        for (number, line) in (1..).zip(&lines) {
            assert_eq!(schema.refuses(line), None, "{file}:{number}");
        }
    }
}

#[test]
fn every_scenario_tells_its_story_and_checks_itself() {
    let all = bundled();
    assert!(all.len() >= 12);
    for (file, lines) in all {
        let story = lines[0]["scenario"]["note"].as_str().unwrap_or_default();
        assert!(story.len() > 80, "{file} tells no story");
        let checked = lines.iter().filter(|line| line.get("expect").is_some()).count();
        assert!(checked * 2 > lines.len(), "{file} expects too little");
        let listed = fs::read_to_string(directory().join("README.md")).unwrap();
        assert!(listed.contains(file.trim_end_matches(".jsonl")), "{file} is not in README.md");
    }
}

#[test]
fn the_schema_refuses_what_is_no_line() {
    let schema = Schema::load();
    let at = "2026-03-02T10:00:00Z";
    for line in [
        json!({}),
        json!({ "note": "no instant" }),
        json!({ "at": at, "after": "1d" }),
        json!({ "at": at, "scenario": { "name": "a", "catalogue": [] } }),
        json!({ "at": at, "surprise": 1 }),
        json!({ "at": at, "ask": { "person": "a", "purpose": "b" }, "state": { "person": "a", "purpose": "b" } }),
        json!({ "at": at, "act": { "person": "a", "do": { "sing": {} } } }),
        json!({ "at": at, "act": { "person": "a", "do": { "grant": { "stated": [{}] } } } }),
        json!({ "at": at, "act": { "person": "a", "link": 1, "do": "erase" } }),
        json!({ "at": at, "import": { "system": "crm" } }),
        json!({ "at": at, "import": { "system": "crm", "rows": [{ "address": "a@example.com" }] } }),
        json!({ "at": at, "import": { "system": "crm", "rows": [{ "row": 1, "says": [{ "said": "maybe" }] }] } }),
        json!({ "at": at, "import": { "system": "crm", "rows": [], "page": 0 } }),
        json!({ "at": at, "confirm": {} }),
        json!({ "at": at, "confirm": { "link": "a", "http": "PUT" } }),
        json!({ "at": at, "confirm": { "link": "a", "tampered": "a_little" } }),
        json!({ "at": at, "confirm": { "link": "a" }, "import": { "system": "crm", "rows": [] } }),
        json!({ "at": at, "one_click": { "person": "a" } }),
        json!({ "at": at, "expect": { "verdict": "maybe" } }),
        json!({ "at": at, "expect": { "plan": { "because": { "it is so": "often" } } } }),
        json!({ "at": at, "expect": { "rows": [{ "row": 1, "outcome": "lost" }] } }),
        json!({ "scenario": { "name": "a" } }),
    ] {
        assert!(schema.refuses(&line).is_some(), "{line}");
    }
}

/// Each variant of an act, each field of an expectation, and each field and word of an import or a link is used by some
/// scenario: the format has no dead part.
#[test]
fn the_scenarios_use_the_whole_format() {
    let schema = Schema::load();
    let lines: Vec<_> = bundled().into_iter().flat_map(|(_, lines)| lines).collect();
    let text: String = lines.iter().map(Value::to_string).collect();
    let acts = schema.root.pointer("/$defs/act/oneOf").unwrap().as_array().unwrap();
    let acts = acts.iter().filter_map(|act| act["properties"].as_object()).flat_map(|fields| fields.keys());
    let fields = |part| schema.root.pointer(part).unwrap().as_object().unwrap().keys();
    let named = acts.chain(fields("/$defs/expect/properties")).chain(fields("/$defs/deed/properties"));
    let unused: Vec<_> = named.filter(|name| !text.contains(&format!("\"{name}\":"))).collect();
    assert!(unused.is_empty(), "{unused:?}");

    for (part, at) in [
        ("/$defs/import", "/import"),
        ("/$defs/row", "/import/rows"),
        ("/$defs/say", "/import/rows"),
        ("/$defs/confirm", "/confirm"),
        ("/$defs/oneClick", "/one_click"),
        ("/$defs/expect/properties/plan", "/expect/plan"),
        ("/$defs/expect/properties/rows", "/expect/rows"),
    ] {
        let used: String = lines.iter().filter_map(|line| line.pointer(at)).map(Value::to_string).collect();
        let mut words = Vec::new();
        words_of(schema.root.pointer(part).unwrap(), &mut words);
        assert!(words.len() > 1, "{part}");
        words.retain(|word| !used.contains(&format!("\"{word}\"")));
        assert!(words.is_empty(), "{part}: {words:?} in no scenario");
    }
}

/// The fields and words that a part of the schema allows, without those that it refers to.
fn words_of<'a>(schema: &'a Value, words: &mut Vec<&'a str>) {
    match schema {
        Value::Object(fields) => {
            for (keyword, rule) in fields {
                match (keyword.as_str(), rule) {
                    ("enum", Value::Array(all)) => words.extend(all.iter().filter_map(Value::as_str)),
                    ("properties", Value::Object(named)) => {
                        words.extend(named.keys().map(String::as_str));
                        named.values().for_each(|rule| words_of(rule, words));
                    }
                    ("oneOf" | "anyOf" | "items", rule) => words_of(rule, words),
                    _ => {}
                }
            }
        }
        Value::Array(forms) => forms.iter().for_each(|form| words_of(form, words)),
        _ => {}
    }
}
