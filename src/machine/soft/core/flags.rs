//! The arithmetic flags, computed lazily.
//!
//! Most instructions set flags that no instruction reads. So an instruction only stores its result,
//! sign-extended to 64 bits, and its carries. A flag is computed from these two words when it is
//! read:
//!
//! | flag | is |
//! |---|---|
//! | ZF | the result is 0 |
//! | SF | bit 63 of the result, xor bit [`SIGN`] of the carries |
//! | PF | even parity of the result's low byte xor bits 15 to 8 of the carries |
//! | CF | bit 63 of the carries |
//! | OF | bit 63 xor bit 62 of the carries |
//! | AF | bit 3 of the carries |
//!
//! The corrections of SF and PF are for `popf` and its like, which set flags that no single result
//! could have.

use super::cpu::Cpu;

pub(crate) const CF: u64 = 1 << 0;
pub(crate) const PF: u64 = 1 << 2;
pub(crate) const AF: u64 = 1 << 4;
pub(crate) const ZF: u64 = 1 << 6;
pub(crate) const SF: u64 = 1 << 7;
pub(crate) const TF: u64 = 1 << 8;
pub(crate) const IF: u64 = 1 << 9;
pub(crate) const DF: u64 = 1 << 10;
pub(crate) const OF: u64 = 1 << 11;
pub(crate) const IOPL: u64 = 3 << 12;
pub(crate) const NT: u64 = 1 << 14;
pub(crate) const RF: u64 = 1 << 16;
pub(crate) const VM: u64 = 1 << 17;
pub(crate) const AC: u64 = 1 << 18;
pub(crate) const VIF: u64 = 1 << 19;
pub(crate) const VIP: u64 = 1 << 20;
pub(crate) const ID: u64 = 1 << 21;
/// Those that arithmetic sets.
pub(crate) const ARITHMETIC: u64 = CF | PF | AF | ZF | SF | OF;
/// Bit 1 is always set.
pub(crate) const FIXED: u64 = 2;
/// All that exist.
pub(crate) const ALL: u64 = ARITHMETIC | TF | IF | DF | IOPL | NT | RF | VM | AC | VIF | VIP | ID;

/// Number of the bit of the carries that turns SF over.
const SIGN: u32 = 16;

/// The low `BITS` bits.
#[inline(always)]
pub(crate) const fn cut<const BITS: u32>(value: u64) -> u64 {
    value & (u64::MAX >> (64 - BITS))
}

/// The low `BITS` bits, with their sign extended.
#[inline(always)]
pub(crate) const fn extend<const BITS: u32>(value: u64) -> u64 {
    ((value << (64 - BITS)) as i64 >> (64 - BITS)) as u64
}

/// The same for a width that is known only when it runs.
#[inline]
pub(crate) const fn extend_by(value: u64, bits: u8) -> u64 {
    let by = 64 - bits as u32;
    ((value << (by & 63)) as i64 >> (by & 63)) as u64
}

/// The low bits of a width that is known only when it runs.
#[inline]
pub(crate) const fn cut_by(value: u64, bits: u8) -> u64 {
    value & (u64::MAX >> ((64 - bits as u32) & 63))
}

/// For each condition, the combinations of flags with which it holds, as [`Cpu::holds`] numbers
/// them. Parity is not among them, and its conditions have none.
pub(crate) static ROWS: [u16; 16] = {
    let mut rows = [0; 16];
    let mut flags = 0u16;
    while flags < 16 {
        let (carry, other) = (flags & 2 != 0, flags & 1 != 0);
        let (zero, sign, overflow) = (flags & 4 != 0, flags & 8 != 0, carry != other);
        let less = sign != overflow;
        let holds = [overflow, carry, zero, carry || zero, sign, false, less, zero || less];
        let mut n = 0;
        while n < 8 {
            if n != 5 {
                rows[2 * n] |= (holds[n] as u16) << flags;
                rows[2 * n + 1] |= (!holds[n] as u16) << flags;
            }
            n += 1;
        }
        flags += 1;
    }
    rows
};

impl Cpu<'_> {
    #[inline(always)]
    fn leave<const BITS: u32>(&mut self, result: u64, carries: u64) {
        self.result = extend::<BITS>(result);
        self.carries = carries & 8 | carries << (64 - BITS) & 3 << 62;
    }

    /// The flags of `result = a + b`, also with a carry in.
    #[inline(always)]
    pub(crate) fn flags_add<const BITS: u32>(&mut self, a: u64, b: u64, result: u64) {
        self.leave::<BITS>(result, a & b | (a | b) & !result);
    }

    /// The flags of `result = a - b`, also with a borrow.
    #[inline(always)]
    pub(crate) fn flags_sub<const BITS: u32>(&mut self, a: u64, b: u64, result: u64) {
        self.leave::<BITS>(result, !a & b | (!a | b) & result);
    }

    /// The flags of a logical operation.
    #[inline(always)]
    pub(crate) fn flags_logic<const BITS: u32>(&mut self, result: u64) {
        self.result = extend::<BITS>(result);
        self.carries = 0;
    }

    /// The flags of a logical operation, but PF is 0: what BMI and the counts of bits leave there.
    pub(crate) fn flags_without_parity(&mut self, result: u64) {
        self.result = result;
        self.carries = u64::from((result as u8).count_ones() & 1 == 0) << 8;
    }

    /// The flags of a logical operation, but ZF is 0: what multiplication leaves there.
    #[inline(always)]
    pub(crate) fn flags_without_zero(&mut self, result: u64) {
        self.result = if result == 0 { 0x100 } else { result };
        self.carries = 0;
    }

    /// Puts back the carry flag after an operation that leaves it alone.
    #[inline(always)]
    pub(crate) fn keep_carry(&mut self, carry: bool) {
        let overflow = (self.carries ^ self.carries << 1) >> 63;
        let carry = u64::from(carry);
        self.carries = self.carries & 8 | carry << 63 | (carry ^ overflow) << 62;
    }

    /// Sets CF and OF, and leaves the others.
    #[inline]
    pub(crate) fn set_carry_overflow(&mut self, carry: bool, overflow: bool) {
        let carry_bits = u64::from(carry) << 63 | u64::from(carry != overflow) << 62;
        self.carries = self.carries & !(3 << 62) | carry_bits;
    }

    /// Sets CF, and leaves the others.
    pub(crate) fn set_carry(&mut self, carry: bool) {
        self.set_carry_overflow(carry, self.overflow());
    }

    /// CF.
    #[inline(always)]
    pub(crate) fn carry(&self) -> bool {
        self.carries >> 63 != 0
    }

    /// OF.
    #[inline(always)]
    pub(crate) fn overflow(&self) -> bool {
        (self.carries ^ self.carries << 1) >> 63 != 0
    }

    /// ZF.
    #[inline(always)]
    pub(crate) fn zero(&self) -> bool {
        self.result == 0
    }

    /// SF.
    #[inline(always)]
    pub(crate) fn sign(&self) -> bool {
        (self.result >> 63 ^ self.carries >> SIGN & 1) != 0
    }

    /// PF.
    #[inline(always)]
    pub(crate) fn parity(&self) -> bool {
        let byte = (self.result ^ self.carries >> 8) as u8;
        byte.count_ones() & 1 == 0
    }

    /// AF.
    #[inline]
    pub(crate) fn adjust(&self) -> bool {
        self.carries & 8 != 0
    }

    /// The arithmetic flags as bits of the flags register.
    pub(crate) fn arithmetic(&self) -> u64 {
        u64::from(self.carry())
            | u64::from(self.parity()) << 2
            | u64::from(self.adjust()) << 4
            | u64::from(self.zero()) << 6
            | u64::from(self.sign()) << 7
            | u64::from(self.overflow()) << 11
    }

    /// Sets the arithmetic flags from bits of the flags register.
    pub(crate) fn set_arithmetic(&mut self, flags: u64) {
        let has = |flag| flags & flag != 0;
        // With a byte of zeros the parity is even; one bit of correction makes it odd.
        self.result = if has(ZF) { 0 } else { 0x100 };
        self.carries = u64::from(!has(PF)) << 8
            | u64::from(has(SF)) << SIGN
            | u64::from(has(AF)) << 3
            | u64::from(has(CF)) << 63
            | u64::from(has(CF) != has(OF)) << 62;
    }

    /// The flags register.
    pub(crate) fn flags(&self) -> u64 {
        self.other_flags & !ARITHMETIC | self.arithmetic() | FIXED
    }

    /// Sets the flags register.
    pub(crate) fn set_flags(&mut self, flags: u64) {
        self.set_arithmetic(flags);
        self.other_flags = flags & ALL & !ARITHMETIC;
        self.flags_changed();
    }

    /// Whether the flags are among those of a row of [`ROWS`]: faster than [`Cpu::condition`] where
    /// the condition is not known before. Only right behind an instruction that computes, for it
    /// does not look at corrections.
    #[inline(always)]
    pub(crate) fn holds(&self, row: u16) -> bool {
        let flags = self.carries >> 62 | u64::from(self.zero()) << 2 | self.result >> 63 << 3;
        row >> flags & 1 != 0
    }

    /// Whether condition `code` of `jcc`, `setcc` and `cmovcc` holds.
    #[inline(always)]
    pub(crate) fn condition(&self, code: u8) -> bool {
        let holds = match code >> 1 & 7 {
            0 => self.overflow(),
            1 => self.carry(),
            2 => self.zero(),
            3 => self.carry() || self.zero(),
            4 => self.sign(),
            5 => self.parity(),
            6 => self.sign() != self.overflow(),
            _ => self.zero() || self.sign() != self.overflow(),
        };
        holds != (code & 1 != 0)
    }
}
