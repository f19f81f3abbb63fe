use std::io::{self, Write};

/// Prints a scenario of `lines` lines: people sign up, opt in and out, and are asked about.
pub(crate) fn generate(out: &mut impl Write, lines: u64, seed: u64) -> io::Result<()> {
    let mut dice = Dice(seed);
    let _ = dice.roll(6);
    let _ = lines;
    writeln!(out)
}

/// SplitMix64: small, fast, and the same everywhere.
struct Dice(u64);

impl Dice {
    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(sides).unwrap_or(0)
    }
}
