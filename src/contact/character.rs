//! Classes of characters that matter before any address syntax does.

/// What kind of character this is, for a text that should hold an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// C0, DEL or C1: NUL, CR, LF, tab and the like.
    Control,
    /// White space of any kind.
    Space,
    /// Not drawn, or changes the direction of text.
    Invisible,
    /// Anything else.
    Visible,
}

pub(super) fn classify(c: char) -> Class {
    match c {
        '!'..='~' => Class::Visible,
        _ if c.is_control() => Class::Control,
        _ if is_invisible(c) => Class::Invisible,
        _ if c.is_whitespace() => Class::Space,
        _ => Class::Visible,
    }
}

/// `Default_Ignorable_Code_Point` with the separators, direction controls and annotation marks added.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// What stands between the digits of a written telephone number, and carries no meaning (ITU-T E.123).
pub(super) const fn is_phone_separator(c: char) -> bool {
    matches!(
        c,
        ' ' | '-' | '.' | '(' | ')' | '/' | '\u{A0}' | '\u{2009}' | '\u{202F}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{3000}'
                | '\u{FF08}'
                | '\u{FF09}'
                | '\u{FF0D}'
                | '\u{FF0E}'
                | '\u{FF0F}'
    )
}

/// The value of a decimal digit: ASCII, full-width, Arabic-Indic (both), Devanagari, Bengali or Thai.
pub(super) fn digit_value(c: char) -> Option<u32> {
    const ZEROS: [char; 7] = ['0', '\u{660}', '\u{6F0}', '\u{966}', '\u{9E6}', '\u{E50}', '\u{FF10}'];
    ZEROS.into_iter().find_map(|zero| u32::from(c).checked_sub(u32::from(zero)).filter(|value| *value < 10))
}

/// What follows the mark of an extension, if `rest` starts with one: `x`, `#`, `ext`, `extension`, `;ext=`.
pub(super) fn after_extension_mark(rest: &str) -> Option<&str> {
    const MARKS: [&str; 6] = [";ext=", "extension", "extn", "ext", "x", "#"];
    MARKS.into_iter().find_map(|mark| {
        let (head, tail) = rest.split_at_checked(mark.len())?;
        head.eq_ignore_ascii_case(mark).then_some(tail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_seven_scripts_have_values() {
        for zero in ['0', '٠', '۰', '०', '০', '๐', '０'] {
            assert_eq!(digit_value(zero), Some(0));
            assert_eq!(char::from_u32(u32::from(zero) + 9).and_then(digit_value), Some(9));
            assert_eq!(char::from_u32(u32::from(zero) + 10).and_then(digit_value), None);
        }
        assert_eq!(digit_value('½'), None);
    }

    #[test]
    fn classes() {
        for c in ['\0', '\r', '\n', '\t', '\u{7F}', '\u{85}'] {
            assert_eq!(classify(c), Class::Control);
        }
        for c in [' ', '\u{A0}', '\u{2003}', '\u{3000}'] {
            assert_eq!(classify(c), Class::Space);
        }
        for c in
            ['\u{200B}', '\u{200D}', '\u{202E}', '\u{2066}', '\u{FEFF}', '\u{AD}', '\u{2028}', '\u{E0041}']
        {
            assert_eq!(classify(c), Class::Invisible);
        }
        for c in ['a', '~', 'é', '漢', '\u{301}'] {
            assert_eq!(classify(c), Class::Visible);
        }
    }
}
