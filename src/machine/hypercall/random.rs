//! Random bits for port RANDOM, repeatable on request.
//!
//! The generator is SplitMix64 (Steele, Lea and Flood, 2014): a counter that advances by a fixed
//! odd number, and a mixing of its bits. It is not cryptographically secure.

use std::hash::{BuildHasher, RandomState};

/// The counter's step: 2^64 divided by the golden ratio, made odd.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

#[derive(Clone, Debug)]
pub(super) struct Random {
    counter: Option<u64>,
}

impl Random {
    /// Starts from `seed`, or at the first use from a random number of the system.
    pub(super) fn new(seed: Option<u64>) -> Self {
        Self { counter: seed }
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        // `RandomState` takes its keys from the system's generator.
        let counter = self.counter.unwrap_or_else(|| RandomState::new().hash_one(STEP));
        let counter = counter.wrapping_add(STEP);
        self.counter = Some(counter);
        let mixed = (counter ^ counter >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first values that the authors' reference code gives for seed 1234567.
    #[test]
    fn it_is_splitmix64() {
        let mut random = Random::new(Some(1_234_567));
        let expected =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(expected.map(|_| random.next()), expected);
    }

    #[test]
    fn without_a_seed_two_runs_differ() {
        assert_ne!(Random::new(None).next(), Random::new(None).next());
    }
}
