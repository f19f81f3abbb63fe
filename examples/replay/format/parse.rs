use crate::fault::Fault;
use crate::format::{Entry, Line};

/// Reads one line, without white space around it. The message of a fault never repeats a value of the line: it may be an address.
pub(crate) fn parse(line: &str) -> Result<Entry, Fault> {
    if !line.starts_with('{') {
        return Err(Fault::input(
            "column 1: a line is an object: a `scenario`, or a step with `at` or `after`",
        ));
    }
    let line: Line = serde_json::from_str(line).map_err(|error| Fault::input(words(&error)))?;
    line.entry()
}

/// Whether a line that cannot be read was to begin a scenario: it has a key that no step has.
pub(crate) fn looks_like_settings(line: &[u8]) -> bool {
    let is_key = |rest: &[u8]| rest.trim_ascii_start().starts_with(b":");
    [&br#""scenario""#[..], br#""catalogue""#].iter().any(|key| {
        line.windows(key.len()).enumerate().any(|(at, found)| {
            let behind = at.saturating_add(key.len());
            found == *key && line.get(behind..).is_some_and(is_key)
        })
    })
}

/// What is wrong, with the column. The decoder counts lines in the text it is given, which is one line always.
fn words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (line, column) = (error.line(), error.column());
    match text.strip_suffix(&format!(" at line {line} column {column}")) {
        Some(message) => format!("column {column}: {}", redacted(message)),
        None => redacted(&text),
    }
}

/// A message without the value of the line that it quotes. What was expected, and advice, stay: they are words of this program.
fn redacted(message: &str) -> String {
    let quotes_a_value = ["invalid type: ", "invalid value: ", "unknown variant ", "unknown field "]
        .iter()
        .find(|own| message.starts_with(**own));
    let Some(kind) = quotes_a_value else { return unquoted(message) };
    // The last of them: what stands before it may be part of the value.
    let ours = [", expected ", ", there are no "].iter().filter_map(|own| message.rfind(own)).max();
    let (value, behind) = message.split_at_checked(ours.unwrap_or(message.len())).unwrap_or((message, ""));
    let value = value.strip_prefix(*kind).unwrap_or_default();
    let field = value.trim_matches('`').chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let shown = match value.split(['"', '`']).next().unwrap_or_default().trim_end() {
        _ if *kind == "unknown field " && field && value.len() <= 32 => value,
        "" => "[redacted]",
        "map" => "object",
        "sequence" => "list",
        "integer" | "floating point" => "number",
        what => what,
    };
    let kind = if *kind == "unknown variant " { "unknown name " } else { kind };
    format!("{kind}{shown}{}", expected(behind))
}

/// A message of the decoder that quotes nothing, in the words of the format.
fn unquoted(message: &str) -> String {
    if message.starts_with("invalid length ") {
        return String::from("a list stands here, and there should be an object");
    }
    if message == "expected value" {
        return String::from("another value should stand here");
    }
    message.to_owned()
}

/// What was expected, in the words of the format where the decoder uses those of its language.
fn expected(behind: &str) -> String {
    let Some(what) = behind.strip_prefix(", expected ") else { return behind.to_owned() };
    let what = match what {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that fits",
        "a nonzero u8" => "a whole number from 1 to 255",
        "a sequence" => "a list",
        "a map" => "an object",
        _ if what.starts_with("struct ") => "an object",
        _ => what,
    };
    format!(", expected {what}")
}
