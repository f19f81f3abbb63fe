//! Tells bytes that a store mixed up or damaged from those that were written under a key.

use crate::store::Key;

const SEED: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a over words instead of bytes: for a given rest each step is a bijection, so that no change within one word
/// goes unseen. It is no protection from somebody who means to deceive.
pub(super) fn checksum(key: &Key, payload: &[u8]) -> [u8; 8] {
    [key.as_bytes(), payload].into_iter().fold(SEED, add).to_be_bytes()
}

fn add(sum: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(sum, |sum, word| step(sum, u64::from_le_bytes(*word)));
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(own, byte)| *own = *byte);
    let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    step(step(sum, u64::from_le_bytes(last)), len)
}

const fn step(sum: u64, word: u64) -> u64 {
    (sum ^ word).wrapping_mul(PRIME).rotate_left(29)
}

#[cfg(test)]
mod tests {
    use super::checksum;
    use crate::id::{IndexKey, TenantId};
    use crate::store::{Key, Row};

    #[test]
    fn every_flipped_bit_and_every_other_key_is_seen() {
        let key =
            |tenant, index| Key::new(TenantId::from_u128(tenant), Row::Index(IndexKey::from_u128(index)));
        let payload = *b"{\"kind\":\"subject\",\"id\":\"5a\"}";
        let sum = checksum(&key(1, 2), &payload);
        for bit in 0..payload.len() * 8 {
            let mut damaged = payload;
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(checksum(&key(1, 2), &damaged), sum, "bit {bit}");
        }
        assert_ne!(checksum(&key(2, 2), &payload), sum);
        assert_ne!(checksum(&key(1, 3), &payload), sum);
        assert_ne!(checksum(&key(1, 2), &payload[..payload.len() - 1]), sum);
    }
}
