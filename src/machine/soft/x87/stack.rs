//! The register stack (SDM volume 1, 8.1.2), the exception flags of the status word (8.4, 8.5), and
//! the instructions that only inspect or reorder registers.

use super::float::exception::{DE, IE, ZE};
use super::float::{EXTENDED, Environment, Format, Kind, Number, Rounding};
use super::{Cpu, POP};
use crate::machine::soft::core::fpu::Fpu;
use crate::machine::soft::core::op::{Flow, Op};
use crate::machine::soft::float::Float80;

/// Instructions of this file.
pub(super) const XAM: u8 = 0;
pub(super) const XCH: u8 = 1;
pub(super) const NOP: u8 = 2;
pub(super) const INCSTP: u8 = 3;
pub(super) const DECSTP: u8 = 4;
pub(super) const FREE: u8 = 5;
/// With the number of a condition.
pub(super) const CMOV: u8 = 0x80;

/// Bits of the status word.
pub(super) const SF: u16 = 1 << 6;
pub(super) const ES: u16 = 1 << 7;
pub(super) const C0: u16 = 1 << 8;
pub(super) const C1: u16 = 1 << 9;
pub(super) const C2: u16 = 1 << 10;
pub(super) const C3: u16 = 1 << 14;
pub(super) const BUSY: u16 = 1 << 15;
/// The exceptions, in the status word and as masks in the control word.
pub(super) const EXCEPTIONS: u16 = 0x3F;

/// Bits of the significand that results are rounded to, by the control word.
const PRECISION: [u32; 4] = [24, 64, 53, 64];

/// The real indefinite.
pub(super) const INDEFINITE: Float80 = Float80 { significand: 3 << 62, exponent: 0xFFFF };

impl Fpu {
    /// An exception waits to be delivered.
    pub(crate) const fn is_pending(&self) -> bool {
        self.status & !self.control & EXCEPTIONS != 0
    }

    /// Makes the summary bits tell what the exceptions and their masks say.
    pub(crate) const fn summarize(&mut self) {
        self.status = self.summary(self.status);
    }

    /// The status word with its summary bits as they should be.
    const fn summary(&self, status: u16) -> u16 {
        let is_pending = status & !self.control & EXCEPTIONS != 0;
        status & !(ES | BUSY) | if is_pending { ES | BUSY } else { 0 }
    }

    fn physical(&self, i: u8) -> usize {
        usize::from(self.top().wrapping_add(i) & 7)
    }

    /// Whether `st(i)` is empty.
    pub(super) fn is_empty(&self, i: u8) -> bool {
        self.tags >> self.physical(i) & 1 == 0
    }

    /// The bits of `st(i)`.
    pub(super) fn st(&self, i: u8) -> Float80 {
        self.st[self.physical(i)]
    }

    /// The number in `st(i)`.
    pub(super) fn number(&self, i: u8) -> Number {
        self.st(i).into()
    }

    /// Sets `st(i)`, which is in use then.
    pub(super) fn set(&mut self, i: u8, value: impl Into<Float80>) {
        let at = self.physical(i);
        self.st[at] = value.into();
        self.tags |= 1 << at;
    }

    /// Frees `st(i)`.
    pub(super) fn free(&mut self, i: u8) {
        self.tags &= !(1 << self.physical(i));
    }

    /// Adds to TOP.
    pub(super) fn turn(&mut self, by: u8) {
        let top = u16::from(self.top().wrapping_add(by) & 7);
        self.status = self.status & !(7 << 11) | top << 11;
    }

    /// Pushes a value.
    pub(super) fn push(&mut self, value: impl Into<Float80>) {
        self.turn(7);
        self.set(0, value);
    }

    /// Pops as many values as the kind of the instruction says.
    pub(super) fn pop(&mut self, kind: u8) {
        for _ in 0..kind >> POP.trailing_zeros() & 3 {
            self.free(0);
            self.turn(1);
        }
    }

    /// Sets some condition bits and clears others.
    pub(super) const fn conditions(&mut self, of: u16, set: u16) {
        self.status = self.status & !of | set;
    }

    /// Notes exceptions.
    pub(super) fn note(&mut self, flags: u8) {
        self.status = self.summary(self.status | u16::from(flags));
    }

    /// A register is empty that must not be, or the other way round; whether that is masked.
    pub(super) fn stack_fault(&mut self, is_overflow: bool) -> bool {
        self.conditions(C1, if is_overflow { C1 } else { 0 });
        self.status |= SF;
        self.note(IE);
        self.masks() & IE != 0
    }

    /// The exceptions that are masked.
    pub(super) const fn masks(&self) -> u8 {
        (self.control & EXCEPTIONS) as u8
    }

    /// How results for a format are rounded: to its precision.
    pub(super) fn environment_for(&self, format: Format) -> Environment {
        let rounding = Rounding::from_bits((self.control >> 10).into());
        Environment { rounding, masks: self.masks(), ..Environment::default() }.with(format)
    }

    /// How results for registers are rounded: to the precision of the control word.
    pub(super) fn environment(&self) -> Environment {
        let precision = PRECISION[usize::from(self.control >> 8 & 3)];
        Environment { precision, ..self.environment_for(EXTENDED) }
    }

    /// Notes what an operation has come to; whether its result is to be delivered.
    pub(super) fn settle(&mut self, environment: &Environment) -> bool {
        let ends = environment.flags & !environment.masks & (IE | DE | ZE) != 0;
        let up = if environment.up && !ends { C1 } else { 0 };
        self.status = self.summary(self.status & !C1 | up | u16::from(environment.flags));
        !ends
    }
}

/// What `fxam` says of a register.
fn class(fpu: &Fpu) -> u16 {
    let number = fpu.number(0);
    match number.kind {
        _ if fpu.is_empty(0) => C3 | C0,
        Kind::Unsupported => 0,
        Kind::Nan => C0,
        Kind::Infinite => C2 | C0,
        Kind::Zero => C3,
        Kind::Finite if number.denormal => C3 | C2,
        Kind::Finite => C2,
    }
}

/// `fxch`: what is empty becomes the indefinite.
fn exchange(fpu: &mut Fpu, i: u8) {
    let is_masked = !(fpu.is_empty(0) || fpu.is_empty(i)) || fpu.stack_fault(false);
    if !is_masked {
        return;
    }
    let value = |i| if fpu.is_empty(i) { INDEFINITE } else { fpu.st(i) };
    let (first, second) = (value(0), value(i));
    fpu.set(0, second);
    fpu.set(i, first);
}

/// The instructions of this file.
pub(super) fn run(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let holds = op.kind >= CMOV && cpu.condition(op.kind & 15);
    let fpu = &mut *cpu.fpu;
    if op.kind >= CMOV {
        if !fpu.is_empty(0) && !fpu.is_empty(op.src) {
            if holds {
                fpu.set(0, fpu.st(op.src));
            }
        } else if fpu.stack_fault(false) {
            fpu.set(0, INDEFINITE);
        }
        return Ok(());
    }
    if op.kind == NOP {
        return Ok(());
    }
    fpu.conditions(C1, 0);
    match op.kind & !POP {
        XAM => {
            let sign = if fpu.st(0).exponent >> 15 != 0 { C1 } else { 0 };
            fpu.conditions(C0 | C1 | C2 | C3, class(fpu) | sign);
        }
        XCH => exchange(fpu, op.src),
        INCSTP => fpu.turn(1),
        DECSTP => fpu.turn(7),
        _ => fpu.free(op.dst),
    }
    fpu.pop(op.kind);
    Ok(())
}
