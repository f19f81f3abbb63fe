//! What lies beyond ASCII. Built with the feature `idna` only.
//!
//! Only characters that are assigned in the tables at hand are accepted. Normalisation and case folding of
//! assigned characters never change (Unicode Character Encoding Stability Policies), so a newer build gives
//! every address of an older one the same forms.

use alloc::string::String;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{is_combining_mark, is_public_assigned};

use super::invalid_email::InvalidEmail;
use super::local::check_dot_atom;

/// A letter, digit or mark, or one of the few other characters that names are written with.
///
/// Symbols are refused because the case tables of `core` and the tables of normalisation may be of different
/// Unicode versions: a letter that only one of them knows looks like a symbol to the other.
pub(super) fn is_word(c: char) -> bool {
    let named = matches!(c, '\u{B7}' | '\u{5F3}' | '\u{5F4}' | '\u{2019}' | '\u{30FB}');
    is_public_assigned(c) && (named || c.is_alphanumeric() || is_combining_mark(c))
}

/// The exact form of a local part beyond ASCII, if its coarse form is a local part of at most `room` bytes.
pub(super) fn exact_local(local: &str, room: usize) -> Result<String, InvalidEmail> {
    let exact: String = local.nfc().collect();
    let coarse = fold(&exact);
    if is_local(&exact, room) && is_local(&coarse, room) && fold(&coarse) == coarse {
        return Ok(exact);
    }
    let offends = |c: char| check_dot_atom(&fold(c.encode_utf8(&mut [0; 4]))).is_err();
    let at = local.char_indices().find(|(_, c)| *c != '.' && offends(*c)).map_or(0, |(at, _)| at);
    Err(InvalidEmail::NoNormalForm { at })
}

fn is_local(text: &str, room: usize) -> bool {
    text.len() <= room && check_dot_atom(text).is_ok()
}

/// NFKC and full case folding (Unicode 3.13 D146).
pub(super) fn fold(text: &str) -> String {
    let once: String = text.nfd().flat_map(fold_char).nfkc().collect();
    once.chars().flat_map(fold_char).nfkc().collect()
}

/// Gives the classes of `CaseFolding.txt` (statuses C and F) out of the case mappings of `core`.
fn fold_char(c: char) -> impl Iterator<Item = char> {
    let dotless = (c == 'ı').then_some(c);
    let folded = c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    dotless.into_iter().chain(folded.filter(move |_| dotless.is_none()))
}

/// A-labels under UTS 46, non-transitional, with STD3 rules and DNS lengths.
pub(super) fn to_ascii(domain: &str) -> Option<String> {
    Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .ok()
        .map(Into::into)
}

pub(super) fn is_mixed_domain(domain: &str) -> bool {
    let (unicode, result) =
        Uts46::new().to_unicode(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
    result.is_err() || unicode.split('.').any(is_mixed)
}

/// Whether letters come from two alphabets that look alike.
pub(super) fn is_mixed(part: &str) -> bool {
    let mut found = None;
    part.chars().filter_map(Alphabet::of).any(|alphabet| *found.get_or_insert(alphabet) != alphabet)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Alphabet {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
}

impl Alphabet {
    fn of(c: char) -> Option<Self> {
        if !c.is_alphabetic() {
            return None;
        }
        match c {
            'A'..='Z'
            | 'a'..='z'
            | '\u{C0}'..='\u{24F}'
            | '\u{250}'..='\u{2AF}'
            | '\u{1E00}'..='\u{1EFF}'
            | '\u{2C60}'..='\u{2C7F}'
            | '\u{A720}'..='\u{A7FF}'
            | '\u{FF21}'..='\u{FF5A}' => Some(Self::Latin),
            '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Some(Self::Greek),
            '\u{400}'..='\u{52F}'
            | '\u{1C80}'..='\u{1C8F}'
            | '\u{2DE0}'..='\u{2DFF}'
            | '\u{A640}'..='\u{A69F}' => Some(Self::Cyrillic),
            '\u{530}'..='\u{58F}' => Some(Self::Armenian),
            '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}' => Some(Self::Cherokee),
            _ => None,
        }
    }
}
