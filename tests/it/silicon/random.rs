//! Numbers: reproducible ones, and those at which processors go wrong.
//!
//! Knows nothing of what they are for.

/// A generator of pseudo-random numbers (splitmix64).
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ z >> 31
    }

    pub(crate) fn byte(&mut self) -> u8 {
        (self.next() >> 56) as u8
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    /// A number of a range.
    pub(crate) fn within(&mut self, range: std::ops::Range<u64>) -> u64 {
        range.start + self.below(range.end - range.start)
    }

    /// True `of` times in a hundred.
    pub(crate) fn percent(&mut self, of: u64) -> bool {
        self.below(100) < of
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }

    /// An integer: small, at a limit of some width, a power of two or its neighbour, any.
    pub(crate) fn integer(&mut self) -> u64 {
        let bits = self.below(64);
        let small = self.below(17);
        match self.below(10) {
            0 => 0,
            1 => small,
            2 => small.wrapping_neg(),
            3 => 1 << bits,
            4 => (1u64 << bits).wrapping_sub(1),
            5 => (1u64 << bits).wrapping_neg(),
            6 => {
                let limits = [0x7Fu64, 0x80, 0x7FFF, 0x8000, 0x7FFF_FFFF, 0x8000_0000, 1 << 63];
                self.pick(&limits).wrapping_add(self.below(3)).wrapping_sub(1)
            }
            7 => self.next() >> bits,
            8 => u64::from(self.byte()) * 0x0101_0101_0101_0101,
            _ => self.next(),
        }
    }

    /// A float of `exponent` and `fraction` bits, as its bits.
    fn float(&mut self, exponent: u32, fraction: u32) -> u64 {
        let sign = self.next() & 1;
        let all = (1u64 << exponent) - 1;
        let bias = all >> 1;
        let ones = (1u64 << fraction) - 1;
        let any = self.next() & ones;
        let few = self.few_bits(fraction);
        let near = |random: &mut Self, by: u64| bias + random.below(2 * by) - by;
        let (e, f) = match self.below(16) {
            0 => (0, 0),
            1 => (0, any),
            2 => (0, self.pick(&[1, ones, ones >> 1, (ones >> 1) + 1])),
            3 => (all, 0),
            4 => (all, any | 1 << (fraction - 1)),
            5 => (all, any & ones >> 1 | 1),
            6 => (1 + self.below(3), any),
            7 => (all - 1 - self.below(3), any),
            8 => (all - 1, ones),
            9 => (bias, 0),
            // Integers and their halves, also at the limits of the integer types.
            10 => (near(self, 4), few),
            11 => (bias + self.below(70).min(bias), few),
            12 => (bias + self.below(70).min(bias), any),
            13 => (near(self, u64::from(fraction) + 2).min(all), any),
            14 => (near(self, 2), any),
            _ => (self.next() & all, any),
        };
        sign << (exponent + fraction) | e << fraction | f
    }

    /// A fraction with few bits, or the complement of one.
    fn few_bits(&mut self, width: u32) -> u64 {
        let ones = (1u64 << width) - 1;
        let bit = 1u64 << self.below(u64::from(width));
        let other = 1u64 << self.below(u64::from(width));
        match self.below(4) {
            0 => 0,
            1 => bit,
            2 => bit | other,
            _ => ones & !(bit - 1),
        }
    }

    pub(crate) fn single(&mut self) -> u32 {
        self.float(8, 23) as u32
    }

    pub(crate) fn double(&mut self) -> u64 {
        self.float(11, 52)
    }

    pub(crate) fn half(&mut self) -> u16 {
        self.float(5, 10) as u16
    }

    /// A number of the x87: significand, then sign and exponent; unsupported ones among them.
    pub(crate) fn extended(&mut self) -> (u64, u16) {
        let sign = (self.next() as u16) << 15;
        let any = self.next();
        let normal = any | 1 << 63;
        let few = 1 << 63 | self.few_bits(63);
        let bias = 0x3FFF;
        let (e, m) = match self.below(20) {
            0 => (0, 0),
            1 => (0, any >> 1),
            2 => (0, self.pick(&[1, 1 << 62, (1 << 63) - 1])),
            // A pseudo-denormal.
            3 => (0, normal),
            4 => (0x7FFF, 1 << 63),
            5 => (0x7FFF, 3 << 62 | any),
            6 => (0x7FFF, (1 << 63 | any & ((1 << 62) - 1)) | 1),
            7 => (1 + self.below(3), normal),
            8 => (0x7FFE - self.below(3), normal),
            9 => (bias, 1 << 63),
            10 => (bias - 4 + self.below(8), few),
            11 => (bias + self.below(70), few),
            12 => (bias + self.below(70), normal),
            13 => (bias - 66 + self.below(132), normal),
            // What single and double precision can hold, and nearly hold.
            14 => (bias - 1074 + self.below(2100), normal),
            15 => (bias - 150 + self.below(280), normal & !0xFF_FFFF_FFFF | few),
            16 => (bias - 2 + self.below(4), normal & !0x7FF),
            // Unsupported: no integer bit.
            17 => (self.next() & 0x7FFF, any >> 1),
            _ => (self.next() & 0x7FFF, normal),
        };
        (m, e as u16 | sign)
    }
}
