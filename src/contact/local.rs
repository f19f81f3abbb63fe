//! The part before the `@`.

use alloc::borrow::Cow;
use alloc::string::String;

use super::invalid_email::InvalidEmail;
use super::rules::{CoarseRules, PlusTag, ProviderRules};
#[cfg(feature = "idna")]
use super::unicode::{exact_local as beyond_ascii, is_word};

/// The exact form: unquoted and in NFC, case kept. `room` is what the domain leaves for it and its coarse form.
pub(super) fn exact(raw: &str, room: usize) -> Result<Cow<'_, str>, InvalidEmail> {
    let local = match raw.strip_prefix('"') {
        Some(rest) => Cow::Owned(unquote(rest).ok_or(InvalidEmail::Quoted)?),
        None => {
            check_dot_atom(raw)?;
            Cow::Borrowed(raw)
        }
    };
    if local.is_ascii() { Ok(local) } else { beyond_ascii(&local, room).map(Cow::Owned) }
}

/// The coarse form of an exact local part at an exact domain, and the coarse domain.
pub(super) fn coarse<'a>(exact: &str, domain: &'a str, rules: CoarseRules) -> (String, &'a str) {
    let mut local = fold(exact);
    let gmail = match rules.providers() {
        ProviderRules::None => false,
        ProviderRules::V1 => matches!(domain, "gmail.com" | "googlemail.com"),
    };
    if gmail || rules.plus_tag() == PlusTag::Strip {
        strip_tag(&mut local);
    }
    if gmail {
        local.retain(|c| c != '.');
        // What a dot kept apart may have one form with what was before it.
        return (fold(&local), "gmail.com");
    }
    (local, domain)
}

fn fold(exact: &str) -> String {
    #[cfg(feature = "idna")]
    if !exact.is_ascii() {
        return super::unicode::fold(exact);
    }
    exact.to_ascii_lowercase()
}

/// Drops the tag and the dots before it, so that what is left is a local part again.
fn strip_tag(local: &mut String) {
    if let Some(at) = local.find('+').filter(|at| *at > 0) {
        local.truncate(at);
        local.truncate(local.trim_end_matches('.').len());
    }
}

/// RFC 5322 3.2.3 `dot-atom-text`, with the letters of RFC 6531 3.3.
pub(super) fn check_dot_atom(text: &str) -> Result<(), InvalidEmail> {
    let mut after_dot = true;
    for (at, c) in text.char_indices() {
        match c {
            '.' if after_dot => return Err(InvalidEmail::Dot { at }),
            '(' | ')' => return Err(InvalidEmail::Comment { at }),
            '.' => {}
            _ if c.is_ascii() && !is_atext(c) => return Err(InvalidEmail::Character { at }),
            _ if !c.is_ascii() && !is_word(c) => return Err(InvalidEmail::Symbol { at }),
            _ => {}
        }
        after_dot = c == '.';
    }
    if after_dot { Err(InvalidEmail::Dot { at: text.len().saturating_sub(1) }) } else { Ok(()) }
}

const fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '!' | '#'
                | '$'
                | '%'
                | '&'
                | '\''
                | '*'
                | '+'
                | '-'
                | '/'
                | '='
                | '?'
                | '^'
                | '_'
                | '`'
                | '{'
                | '|'
                | '}'
                | '~'
        )
}

#[cfg(not(feature = "idna"))]
const fn beyond_ascii(_: &str, _: usize) -> Result<String, InvalidEmail> {
    Err(InvalidEmail::NotAscii { at: 0 })
}

#[cfg(not(feature = "idna"))]
const fn is_word(_: char) -> bool {
    false
}

/// The content of a quoted string after its first quote (RFC 5321 4.1.2), if it needs no quotes.
fn unquote(rest: &str) -> Option<String> {
    let mut content = String::with_capacity(rest.len());
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => break,
            '\\' => content.push(chars.next()?),
            c => content.push(c),
        }
    }
    (chars.as_str().is_empty() && check_dot_atom(&content).is_ok()).then_some(content)
}
