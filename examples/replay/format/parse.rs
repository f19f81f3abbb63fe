use crate::fault::Fault;
use crate::format::{Entry, Line};

/// Reads one line. The message of a fault never repeats a value of the line: it may be an address.
pub(crate) fn parse(line: &str) -> Result<Entry, Fault> {
    let line: Line =
        serde_json::from_str(line).map_err(|error| Fault::input(redacted(&error.to_string())))?;
    line.entry()
}

/// A message without the value of the line that it quotes. What was expected, and advice, stay: they are words of this program.
fn redacted(message: &str) -> String {
    let quotes_a_value = ["invalid type: ", "invalid value: ", "unknown variant ", "unknown field "]
        .iter()
        .find(|own| message.starts_with(**own));
    let Some(kind) = quotes_a_value else { return message.to_owned() };
    // The last of them: what stands before it may be part of the value.
    let ours = [", expected ", ", there are no "].iter().filter_map(|own| message.rfind(own)).max();
    let (value, behind) = message.split_at_checked(ours.unwrap_or(message.len())).unwrap_or((message, ""));
    let value = value.strip_prefix(*kind).unwrap_or_default();
    let field = value.trim_matches('`').chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let shown = match value.split(['"', '`']).next().unwrap_or_default().trim_end() {
        _ if *kind == "unknown field " && field && value.len() <= 32 => value,
        "" => "[redacted]",
        what => what,
    };
    format!("{kind}{shown}{behind}")
}
