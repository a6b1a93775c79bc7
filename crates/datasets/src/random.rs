//! Numbers that look random and are the same on every machine: SplitMix64.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014; constants of Stafford's mix 13).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl Random {
    /// The numbers of one cell: they do not depend on how many rows and columns there are.
    pub(crate) fn at(seed: u64, row: u64, column: u64) -> Self {
        let of_column = mix(mix(seed.wrapping_add(STEP)) ^ column.wrapping_mul(STEP));
        Self(mix(of_column.wrapping_add(row.wrapping_mul(STEP))))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// From 0 to below `end`, which is at least 1. (Multiplying, as Lemire does; the bias of 2⁻⁴⁰ and less does no harm here.)
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// From 0 to below 1, in steps of 2⁻⁵³.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True so often, of 1.
    pub(crate) fn chance(&mut self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of them; there is at least one.
    pub(crate) fn of<T: Copy, const N: usize>(&mut self, all: &[T; N]) -> T {
        all[self.below(N as u64) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_program() {
        // https://prng.di.unimi.it/splitmix64.c, started with 0.
        let mut random = Random(0);
        assert_eq!(random.next(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next(), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(random.next(), 0x06c4_5d18_8009_454f);
    }

    #[test]
    fn neighbouring_cells_have_nothing_to_do_with_each_other() {
        let mut seen = std::collections::HashSet::new();
        for seed in 0..10 {
            for row in 0..100 {
                for column in 0..10 {
                    assert!(seen.insert(Random::at(seed, row, column).next()));
                }
            }
        }
    }
}
