use crate::fault::Fault;
use crate::format::{Entry, Line};

/// Reads one line. The message of a fault never repeats a value of the line: it may be an address.
pub(crate) fn parse(line: &str) -> Result<Entry, Fault> {
    let line: Line =
        serde_json::from_str(line).map_err(|error| Fault::input(redacted(&error.to_string())))?;
    line.entry()
}

/// A message without the values it quotes: names of fields and variants stay.
fn redacted(message: &str) -> String {
    let mut text = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once(['"', '`']) {
        text.push_str(before);
        let quote = if rest.as_bytes().get(before.len()) == Some(&b'"') { '"' } else { '`' };
        let (inside, behind) = split_quoted(after, quote);
        let name = inside.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '.'));
        if quote == '`' && name && inside.len() <= 32 {
            text.push('`');
            text.push_str(inside);
            text.push('`');
        } else {
            text.push_str("[redacted]");
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// What stands before the closing quote, and what comes after it.
fn split_quoted(text: &str, quote: char) -> (&str, &str) {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => {
                let (inside, behind) = text.split_at_checked(at).unwrap_or((text, ""));
                return (inside, behind.get(1..).unwrap_or_default());
            }
            _ => {}
        }
    }
    (text, "")
}
