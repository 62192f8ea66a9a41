//! The values of expressions during evaluation: a number plus multiples of section starts and
//! registers.
//!
//! These sums make `a - b` a number although `a` and `b` are addresses, and `[4*(eax+1)+ebx]` a
//! memory operand.

use super::node::{Binary, Unary};
use crate::asm::syntax::ast::{Kind, Value};
use iced_x86::Register;

/// The maximum number of different section starts and registers in one sum.
const MAX_TERMS: usize = 4;

/// What a [`Term`] multiplies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// The start of a section.
    Section(u16),
    /// A register.
    Register(Register),
}

/// A multiple of a section start or a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term {
    /// The section start or register.
    pub(crate) unit: Unit,
    /// The factor.
    pub(crate) factor: i64,
    /// Whether it was written with a `*`.
    pub(crate) explicit: bool,
    /// Whether it was also written without a `*`.
    pub(crate) alone: bool,
}

const NO_TERM: Term = Term { unit: Unit::Section(0), factor: 0, explicit: false, alone: false };

/// A sum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    /// The plain number. It includes the whole address of a label in a section; the term only says
    /// that the address moves with the section.
    pub(crate) number: i64,
    /// Whether a part of it is a guess.
    pub(crate) unknown: bool,
    /// The least and the greatest rank of its labels. The rank of a label is the number of records
    /// before it; the distance between labels of one rank is final.
    pub(crate) ranks: (u32, u32),
    /// Whether two numbers, or two multiples of one register, were added. NASM then forgets which
    /// register of an address was written first.
    pub(crate) is_summed: bool,
    /// Whether it contains a plain number: `eax + 0` does, `eax` does not.
    has_number: bool,
    length: u8,
    terms: [Term; MAX_TERMS],
}

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The right operand of a division is 0.
    DivisionByZero,
    /// The operand of an operator for plain numbers is an address or a register.
    NotScalar(&'static str),
    /// A combination of addresses or registers that has no meaning.
    NotSimple,
    /// `seg`.
    Segment,
    /// The operand of `__?ilog2e?__` is not a power of two.
    NotPowerOfTwo,
    /// An `extern` symbol.
    External(crate::asm::value::symbols::SymbolId),
    /// A symbol that is defined nowhere.
    Undefined(crate::asm::value::symbols::SymbolId),
}

const NO_RANKS: (u32, u32) = (u32::MAX, 0);

/// The ranks of a value that may change in every pass.
pub(crate) const MOVING: (u32, u32) = (0, u32::MAX);

impl Linear {
    /// A plain number.
    #[inline(always)]
    pub(crate) const fn number(number: i64) -> Self {
        let terms = [NO_TERM; MAX_TERMS];
        let (ranks, length) = (NO_RANKS, 0);
        Self { number, unknown: false, ranks, is_summed: false, has_number: true, length, terms }
    }

    /// A plain number that is the result of an addition.
    pub(crate) const fn sum(number: i64) -> Self {
        Self { is_summed: true, ..Self::number(number) }
    }

    /// A guess.
    pub(crate) const fn unknown() -> Self {
        Self { unknown: true, ..Self::number(0) }
    }

    /// One register.
    pub(crate) const fn register(register: Register) -> Self {
        let mut value = Self { has_number: false, ..Self::number(0) };
        value.terms[0] =
            Term { unit: Unit::Register(register), factor: 1, explicit: false, alone: true };
        value.length = 1;
        value
    }

    /// A value that is already computed, and its ranks.
    pub(crate) const fn value(value: Value, ranks: (u32, u32)) -> Self {
        let mut linear = Self::number(value.number);
        match value.kind {
            Kind::Absolute | Kind::Distance => {}
            Kind::Unknown => linear.unknown = true,
            Kind::Relocatable(section) => {
                linear.terms[0] = Term { unit: Unit::Section(section), factor: 1, ..NO_TERM };
                linear.length = 1;
            }
        }
        linear.ranks = ranks;
        linear
    }

    /// The section starts and registers in it.
    pub(crate) fn terms(&self) -> &[Term] {
        self.terms.get(..usize::from(self.length)).unwrap_or(&[])
    }

    /// Whether it is final.
    pub(crate) fn is_final(&self) -> bool {
        self.length == 0 && self.is_fixed()
    }

    /// Whether it can change only by moving with its section.
    pub(crate) fn is_fixed(&self) -> bool {
        !self.unknown && self.ranks.0 >= self.ranks.1
    }

    /// Converts it to a value, ignoring the registers.
    #[inline(always)]
    pub(crate) fn to_value(self) -> Result<Value, Trouble> {
        let mut kind = if self.unknown { Kind::Unknown } else { Kind::Absolute };
        let mut sections = self.terms().iter().filter(|t| matches!(t.unit, Unit::Section(_)));
        if let Some(first) = sections.next() {
            let total = sections.fold(first.factor, |sum, t| sum.wrapping_add(t.factor));
            if total == 0 {
                let kind = if self.unknown { Kind::Unknown } else { Kind::Distance };
                return Ok(Value { number: self.number, kind });
            }
        }
        for term in self.terms() {
            match (term.unit, kind) {
                (Unit::Register(_), _) | (Unit::Section(_), Kind::Unknown) => {}
                (Unit::Section(section), Kind::Absolute) if term.factor == 1 => {
                    kind = Kind::Relocatable(section);
                }
                _ => return Err(Trouble::NotSimple),
            }
        }
        Ok(Value { number: self.number, kind })
    }

    /// Copies the uncertainty of a value that this one depends on.
    pub(crate) fn join(&mut self, other: &Self) {
        self.unknown |= other.unknown;
        self.is_summed |= other.is_summed;
        self.ranks = (self.ranks.0.min(other.ranks.0), self.ranks.1.max(other.ranks.1));
    }

    fn scale(&mut self, factor: i64, explicit: bool) {
        self.number = self.number.wrapping_mul(factor);
        for term in &mut self.terms {
            term.factor = term.factor.wrapping_mul(factor);
            term.explicit |= explicit;
            term.alone &= !explicit;
        }
        self.drop_zeros();
    }

    fn drop_zeros(&mut self) {
        let length = std::mem::take(&mut self.length);
        for i in 0..usize::from(length) {
            let term = self.terms[i];
            self.terms[i] = NO_TERM;
            if term.factor != 0 {
                self.terms[usize::from(self.length)] = term;
                self.length += 1;
            }
        }
    }

    fn add(&mut self, other: &Self) -> Result<(), Trouble> {
        self.join(other);
        self.add_number(other.number, other.has_number);
        if other.length == 0 {
            return Ok(());
        }
        for term in other.terms() {
            let count = usize::from(self.length);
            match self.terms[..count].iter_mut().find(|t| t.unit == term.unit) {
                Some(mine) => {
                    mine.factor = mine.factor.wrapping_add(term.factor);
                    mine.explicit |= term.explicit;
                    mine.alone |= term.alone;
                    self.is_summed |= mine.factor != 0;
                }
                None if count < MAX_TERMS => {
                    self.terms[count] = *term;
                    self.length += 1;
                }
                None => return Err(Trouble::NotSimple),
            }
        }
        self.drop_zeros();
        Ok(())
    }

    /// Adds to the plain number. Two numbers that cancel leave none.
    fn add_number(&mut self, number: i64, is_there: bool) {
        let both = self.has_number && is_there;
        self.number = self.number.wrapping_add(number);
        self.is_summed |= both && self.number != 0;
        self.has_number = (self.has_number || is_there) && !(both && self.number == 0);
    }

    fn subtract(&mut self, other: &Self) -> Result<(), Trouble> {
        if other.length == 0 {
            self.join(other);
            self.add_number(other.number.wrapping_neg(), other.has_number);
            return Ok(());
        }
        let mut negated = *other;
        negated.scale(-1, false);
        self.add(&negated)
    }

    fn scalar(&self, operator: &'static str) -> Result<i64, Trouble> {
        if self.length == 0 || self.unknown {
            Ok(self.number)
        } else {
            Err(Trouble::NotScalar(operator))
        }
    }

    /// Applies a unary operator.
    pub(crate) fn unary(mut self, operator: Unary) -> Result<Self, Trouble> {
        match operator {
            Unary::Plus => return Ok(self),
            Unary::Negate => {
                self.scale(-1, false);
                return Ok(self);
            }
            Unary::Segment => return Err(Trouble::Segment),
            Unary::Not | Unary::BooleanNot => {}
            _ if self.unknown => return Ok(self),
            Unary::Log2Exact | Unary::Log2Floor | Unary::Log2Ceiling => {}
        }
        let result = unary(operator, self.scalar(unary_name(operator))?)?;
        self.become_scalar(result);
        Ok(self)
    }

    fn become_scalar(&mut self, number: i64) {
        self.number = number;
        self.length = 0;
        self.terms = [NO_TERM; MAX_TERMS];
    }

    /// Applies a binary operator with `self` on the left.
    pub(crate) fn binary(mut self, operator: Binary, right: &Self) -> Result<Self, Trouble> {
        match operator {
            Binary::Add => self.add(right)?,
            Binary::Subtract => self.subtract(right)?,
            Binary::Multiply if right.length == 0 => {
                self.join(right);
                self.scale(right.number, true);
            }
            Binary::Multiply if self.length == 0 => {
                let (factor, left) = (self.number, self);
                self = *right;
                self.join(&left);
                self.scale(factor, true);
            }
            Binary::Equal
            | Binary::NotEqual
            | Binary::Less
            | Binary::LessEqual
            | Binary::Greater
            | Binary::GreaterEqual
            | Binary::Compare => return self.comparison(operator, right),
            _ => {
                let name = binary_name(operator);
                let (left, factor) = (self.scalar(name)?, right.scalar(name)?);
                self.join(right);
                let result = match binary(operator, left, factor) {
                    Err(Trouble::DivisionByZero) if self.unknown => 0,
                    other => other?,
                };
                self.become_scalar(result);
            }
        }
        Ok(self)
    }

    /// Compares addresses: two addresses in one section can be compared although they are not
    /// numbers.
    fn comparison(mut self, operator: Binary, right: &Self) -> Result<Self, Trouble> {
        let (left, mut difference) = (self.number, self);
        difference.subtract(right)?;
        self.join(right);
        let result = if difference.length == 0 || self.unknown {
            binary(operator, left, right.number)?
        } else {
            match operator {
                Binary::Equal => 0,
                Binary::NotEqual => 1,
                _ => return Err(Trouble::NotScalar(binary_name(operator))),
            }
        };
        self.become_scalar(result);
        Ok(self)
    }
}

const fn unary_name(operator: Unary) -> &'static str {
    match operator {
        Unary::Negate => "-",
        Unary::Plus => "+",
        Unary::Not => "~",
        Unary::BooleanNot => "!",
        Unary::Segment => "seg",
        Unary::Log2Exact => "__?ilog2e?__",
        Unary::Log2Floor => "__?ilog2f?__",
        Unary::Log2Ceiling => "__?ilog2c?__",
    }
}

/// The operator as it is written.
#[rustfmt::skip]
const fn binary_name(operator: Binary) -> &'static str {
    match operator {
        Binary::BooleanOr => "||", Binary::BooleanXor => "^^", Binary::BooleanAnd => "&&",
        Binary::Equal => "=", Binary::NotEqual => "!=", Binary::Less => "<",
        Binary::LessEqual => "<=", Binary::Greater => ">", Binary::GreaterEqual => ">=",
        Binary::Compare => "<=>", Binary::Or => "|", Binary::Xor => "^", Binary::And => "&",
        Binary::ShiftLeft => "<<", Binary::ShiftRight => ">>", Binary::ShiftRightSigned => ">>>",
        Binary::Add => "+", Binary::Subtract => "-", Binary::Multiply => "*",
        Binary::Divide => "/", Binary::DivideSigned => "//", Binary::Remainder => "%",
        Binary::RemainderSigned => "%%",
    }
}

/// Applies a unary operator to a plain number.
pub(crate) fn unary(operator: Unary, number: i64) -> Result<i64, Trouble> {
    let unsigned = number.cast_unsigned();
    let floor = i64::from(63 - unsigned.max(1).leading_zeros());
    Ok(match operator {
        Unary::Negate => number.wrapping_neg(),
        Unary::Plus => number,
        Unary::Not => !number,
        Unary::BooleanNot => i64::from(number == 0),
        Unary::Segment => return Err(Trouble::Segment),
        Unary::Log2Exact if !unsigned.is_power_of_two() => return Err(Trouble::NotPowerOfTwo),
        Unary::Log2Exact | Unary::Log2Floor => floor,
        Unary::Log2Ceiling => floor + i64::from(unsigned > 1 && !unsigned.is_power_of_two()),
    })
}

/// Applies a binary operator to plain numbers.
pub(crate) fn binary(operator: Binary, left: i64, right: i64) -> Result<i64, Trouble> {
    let (l, r) = (left.cast_unsigned(), right.cast_unsigned());
    // NASM takes the count of a shift modulo 64.
    // The count is less than 64.
    let count = u32::try_from(r & 63).unwrap_or(0);
    let zero = Trouble::DivisionByZero;
    // NASM compares by the sign of the difference, which may have wrapped.
    let difference = left.wrapping_sub(right);
    Ok(match operator {
        Binary::BooleanOr => i64::from(left != 0 || right != 0),
        Binary::BooleanXor => i64::from((left != 0) != (right != 0)),
        Binary::BooleanAnd => i64::from(left != 0 && right != 0),
        Binary::Equal => i64::from(left == right),
        Binary::NotEqual => i64::from(left != right),
        Binary::Less => i64::from(difference < 0),
        Binary::LessEqual => i64::from(difference <= 0),
        Binary::Greater => i64::from(difference > 0),
        Binary::GreaterEqual => i64::from(difference >= 0),
        Binary::Compare => i64::from(left > right) - i64::from(left < right),
        Binary::Or => left | right,
        Binary::Xor => left ^ right,
        Binary::And => left & right,
        Binary::ShiftLeft => left.wrapping_shl(count),
        Binary::ShiftRight => l.wrapping_shr(count).cast_signed(),
        Binary::ShiftRightSigned => left.wrapping_shr(count),
        Binary::Add => left.wrapping_add(right),
        Binary::Subtract => left.wrapping_sub(right),
        Binary::Multiply => left.wrapping_mul(right),
        Binary::Divide => l.checked_div(r).ok_or(zero)?.cast_signed(),
        Binary::Remainder => l.checked_rem(r).ok_or(zero)?.cast_signed(),
        Binary::DivideSigned if right == 0 => return Err(zero),
        Binary::DivideSigned => left.wrapping_div(right),
        Binary::RemainderSigned if right == 0 => return Err(zero),
        Binary::RemainderSigned => left.wrapping_rem(right),
    })
}
