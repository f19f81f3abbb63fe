//! Base64 for links (RFC 4648, section 5), without padding.

use alloc::string::String;
use alloc::vec::Vec;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pub(super) fn encode(bytes: &[u8]) -> String {
    let digits = bytes.chunks(3).flat_map(|chunk| {
        let group =
            chunk.iter().chain([&0, &0]).take(3).fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        let used = chunk.len().saturating_add(1);
        [18_u32, 12, 6, 0].into_iter().take(used).map(move |shift| digit(group >> shift))
    });
    digits.collect()
}

/// The low six bits as a digit.
fn digit(bits: u32) -> char {
    let at = usize::try_from(bits & 0x3f).unwrap_or_default();
    ALPHABET.get(at).copied().map_or('A', char::from)
}

/// The bytes, if the text is what [`encode`] makes of them: no padding, no stray bits, no other character.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for digit in chunk.iter().map(Some).chain([None, None]).take(4) {
            let value = match digit {
                Some(digit) => ALPHABET.iter().position(|own| own == digit)?,
                None => 0,
            };
            group = group << 6 | u32::try_from(value).ok()?;
        }
        let [_, decoded @ ..] = group.to_be_bytes();
        let used = chunk.len().checked_sub(1).filter(|used| *used > 0)?;
        bytes.extend(decoded.iter().take(used));
        if decoded.iter().skip(used).any(|stray| *stray != 0) {
            return None;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use alloc::vec::Vec;

    #[test]
    fn the_vectors_of_rfc_4648_section_10() {
        let encoded = ["", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"];
        for (len, encoded) in encoded.into_iter().enumerate() {
            let plain = &b"foobar"[..len];
            assert_eq!(encode(plain), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(plain));
        }
        assert_eq!(encode(&[0xfb, 0xff, 0xbf]), "-_-_");
    }

    #[test]
    fn every_byte_at_every_place_comes_back() {
        for len in 1..=6 {
            for at in 0..len {
                for byte in 0..=u8::MAX {
                    let mut bytes: Vec<_> = (0..len).map(|n| 0x25 * (n as u8 + 1)).collect();
                    bytes[at] = byte;
                    assert_eq!(decode(&encode(&bytes)), Some(bytes));
                }
            }
        }
    }

    #[test]
    fn one_text_for_the_same_bytes() {
        for text in ["A", "AAAAA", "Zg==", "Zh", "Zm9=", "Zm9", "Zm8 ", "Zm+v", "Zm/v", "Zm\n9v", "Zäv"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
