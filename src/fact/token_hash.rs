use core::fmt;
use core::hash::{Hash, Hasher};
use core::hint::black_box;

use serde::{Deserialize, Serialize};

/// The keyed hash of the secret in a confirmation link: all that is kept of it.
///
/// Equality takes the same time wherever two hashes differ, so that nobody finds one byte by byte. It hides in `Debug`.
///
/// With the feature `engine`, requests and confirmations make it themselves. A host that brings its own takes a keyed hash (RFC 2104) over
/// everything that the link is to confirm.
///
/// ```
/// use consent_engine::TokenHash;
/// assert_ne!(TokenHash::new([1; 32]), TokenHash::new([2; 32]));
/// assert_eq!(format!("{:?}", TokenHash::new([1; 32])), "TokenHash([redacted])");
/// ```
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// A hash that the host or the engine made.
    #[must_use]
    pub const fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        // Every byte is looked at, whatever those before it were.
        let differing = pairs.fold(0, |differing, (one, another)| black_box(differing | (one ^ another)));
        differing == 0
    }
}

impl Eq for TokenHash {}

impl Hash for TokenHash {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::TokenHash;

    #[test]
    fn every_bit_counts() {
        let own = TokenHash::new([0x5a; 32]);
        assert_eq!(own, own);
        for bit in 0..256 {
            let mut other = [0x5a; 32];
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(own, TokenHash::new(other), "bit {bit}");
        }
    }
}
