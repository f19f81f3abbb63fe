//! Texts that must stay one line, and mean what they seem to.

/// The index of the first character, if any, that breaks a line, or reorders or hides what stands around it.
pub(crate) fn broken_at(text: &str) -> Option<usize> {
    text.chars().position(breaks_a_line)
}

/// Whether a character ends a line, or reorders or hides what stands around it on a page or in a log.
///
/// Control characters, the line and paragraph separators, and those with the property `Bidi_Control` (Unicode Standard Annex #9).
pub(crate) fn breaks_a_line(c: char) -> bool {
    let separates = matches!(c, '\u{2028}' | '\u{2029}');
    let reorders =
        matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || separates || reorders
}
