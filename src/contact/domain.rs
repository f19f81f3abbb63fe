//! The part after the `@`.

use alloc::string::String;

use super::invalid_email::InvalidEmail;

const MAX_LABEL_LEN: usize = 63;

/// The exact form, which is also the coarse form: lower-case A-labels.
///
/// A domain in ASCII is only checked and lower-cased, in every build. Its `xn--` labels are not decoded, so
/// that an address stored by one build is the same address in another. `base` is where the domain begins.
pub(super) fn exact(domain: &str, base: usize) -> Result<String, InvalidEmail> {
    if domain.starts_with('[') {
        return Err(InvalidEmail::DomainLiteral);
    }
    let mut ascii = to_ascii(domain, base)?;
    check_labels(&ascii, base)?;
    ascii.make_ascii_lowercase();
    Ok(ascii)
}

#[cfg(feature = "idna")]
fn to_ascii(domain: &str, base: usize) -> Result<String, InvalidEmail> {
    if domain.is_ascii() {
        return Ok(domain.into());
    }
    super::unicode::to_ascii(domain).ok_or(InvalidEmail::Domain { at: base })
}

#[cfg(not(feature = "idna"))]
fn to_ascii(domain: &str, _: usize) -> Result<String, InvalidEmail> {
    Ok(domain.into())
}

/// Letters, digits and inner hyphens, 1 to 63 a label (RFC 1035 2.3.1, RFC 1123 2.1).
fn check_labels(domain: &str, base: usize) -> Result<(), InvalidEmail> {
    let mut start = base;
    for label in domain.split('.') {
        let last = label.len().saturating_sub(1);
        if label.is_empty() {
            return Err(InvalidEmail::EmptyLabel { at: start });
        }
        for (offset, byte) in label.bytes().enumerate() {
            let at = start.saturating_add(offset);
            match byte {
                b'-' if offset != 0 && offset != last => {}
                b'(' | b')' => return Err(InvalidEmail::Comment { at }),
                _ if !byte.is_ascii_alphanumeric() => return Err(InvalidEmail::Character { at }),
                _ => {}
            }
        }
        if label.len() > MAX_LABEL_LEN {
            return Err(InvalidEmail::LabelTooLong { at: start });
        }
        start = start.saturating_add(label.len()).saturating_add(1);
    }
    Ok(())
}
