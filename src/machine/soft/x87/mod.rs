//! The x87 (SDM volume 1, chapter 8): the table of its instructions, and the steps before and after
//! each of them.
//!
//! One row per mnemonic names the file that executes it. Every instruction first checks whether the
//! unit is available and whether an exception is pending. An instruction that computes then records
//! its opcode and address. The arithmetic is in `float`.
//!
//! | file | holds |
//! |---|---|
//! | `stack` | the register stack, tags, exceptions |
//! | `transfer`, `decimal` | loads and stores |
//! | `arithmetic`, `compare`, `remainder` | the operations of IEEE 754 |
//! | `transcendental`, `series` | sines, tangents, logarithms, powers |
//! | `environment` | control and status words, saving and restoring |
//!
//! Where the manual leaves something undefined, this is what current Intel processors do: the
//! selectors of the pointers are 0, and the last opcode and operand pointer are those of the last
//! unmasked exception.

mod arithmetic;
mod compare;
mod decimal;
mod environment;
mod remainder;
mod series;
mod stack;
#[cfg(test)]
mod tests;
mod transcendental;
mod transfer;

use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::exception::{MF, NM};
use crate::machine::soft::core::op::{Flow, Handler, NOWHERE, Op};
use crate::machine::soft::float;
use crate::machine::state::registers::{CR0_EM, CR0_MP, CR0_TS};
use iced_x86::{Instruction, Mnemonic};

/// Which file an instruction belongs to.
#[derive(Clone, Copy)]
enum Family {
    Arithmetic,
    Unary,
    Load,
    Constant,
    Store,
    Compare,
    Stack,
    Remainder,
    Transcendental,
    /// Control instructions, which the pointers do not tell of; those that wait for exceptions.
    Waiting,
    /// Those that do not.
    Control,
}

/// In a kind: the memory operand is a whole number.
const INTEGER: u8 = 0x10;
/// In a kind: the stack is popped once, or twice.
const POP: u8 = 0x20;
const POP_TWICE: u8 = 0x40;

/// A mnemonic, its family, and what the family wants to know of it.
type Row = (Mnemonic, Family, u8);

/// The instructions.
const ROWS: [Row; 92] = {
    use Family as F;
    use Mnemonic as M;
    [
        (M::Fadd, F::Arithmetic, arithmetic::ADD),
        (M::Faddp, F::Arithmetic, arithmetic::ADD | POP),
        (M::Fiadd, F::Arithmetic, arithmetic::ADD | INTEGER),
        (M::Fmul, F::Arithmetic, arithmetic::MUL),
        (M::Fmulp, F::Arithmetic, arithmetic::MUL | POP),
        (M::Fimul, F::Arithmetic, arithmetic::MUL | INTEGER),
        (M::Fsub, F::Arithmetic, arithmetic::SUB),
        (M::Fsubp, F::Arithmetic, arithmetic::SUB | POP),
        (M::Fisub, F::Arithmetic, arithmetic::SUB | INTEGER),
        (M::Fsubr, F::Arithmetic, arithmetic::SUBR),
        (M::Fsubrp, F::Arithmetic, arithmetic::SUBR | POP),
        (M::Fisubr, F::Arithmetic, arithmetic::SUBR | INTEGER),
        (M::Fdiv, F::Arithmetic, arithmetic::DIV),
        (M::Fdivp, F::Arithmetic, arithmetic::DIV | POP),
        (M::Fidiv, F::Arithmetic, arithmetic::DIV | INTEGER),
        (M::Fdivr, F::Arithmetic, arithmetic::DIVR),
        (M::Fdivrp, F::Arithmetic, arithmetic::DIVR | POP),
        (M::Fidivr, F::Arithmetic, arithmetic::DIVR | INTEGER),
        (M::Fsqrt, F::Unary, arithmetic::SQRT),
        (M::Frndint, F::Unary, arithmetic::RNDINT),
        (M::Fchs, F::Unary, arithmetic::CHS),
        (M::Fabs, F::Unary, arithmetic::ABS),
        (M::Fld, F::Load, 0),
        (M::Fild, F::Load, INTEGER),
        (M::Fbld, F::Load, transfer::DECIMAL),
        (M::Fld1, F::Constant, 0),
        (M::Fldl2t, F::Constant, 1),
        (M::Fldl2e, F::Constant, 2),
        (M::Fldpi, F::Constant, 3),
        (M::Fldlg2, F::Constant, 4),
        (M::Fldln2, F::Constant, 5),
        (M::Fldz, F::Constant, 6),
        (M::Fst, F::Store, 0),
        (M::Fstp, F::Store, POP),
        (M::Fstpnce, F::Store, POP | transfer::QUIETLY),
        (M::Fist, F::Store, INTEGER),
        (M::Fistp, F::Store, INTEGER | POP),
        (M::Fisttp, F::Store, INTEGER | POP | transfer::CHOP),
        (M::Fbstp, F::Store, transfer::DECIMAL | POP),
        (M::Fcom, F::Compare, 0),
        (M::Fcomp, F::Compare, POP),
        (M::Fcompp, F::Compare, POP_TWICE),
        (M::Ficom, F::Compare, INTEGER),
        (M::Ficomp, F::Compare, INTEGER | POP),
        (M::Fucom, F::Compare, compare::UNORDERED),
        (M::Fucomp, F::Compare, compare::UNORDERED | POP),
        (M::Fucompp, F::Compare, compare::UNORDERED | POP_TWICE),
        (M::Fcomi, F::Compare, compare::TO_FLAGS),
        (M::Fcomip, F::Compare, compare::TO_FLAGS | POP),
        (M::Fucomi, F::Compare, compare::TO_FLAGS | compare::UNORDERED),
        (M::Fucomip, F::Compare, compare::TO_FLAGS | compare::UNORDERED | POP),
        (M::Ftst, F::Compare, compare::WITH_ZERO),
        (M::Fxam, F::Stack, stack::XAM),
        (M::Fxch, F::Stack, stack::XCH),
        (M::Fnop, F::Stack, stack::NOP),
        (M::Fincstp, F::Stack, stack::INCSTP),
        (M::Fdecstp, F::Stack, stack::DECSTP),
        (M::Ffree, F::Stack, stack::FREE),
        (M::Ffreep, F::Stack, stack::FREE | POP),
        // With the numbers of the conditions of `cmovcc`.
        (M::Fcmovb, F::Stack, stack::CMOV | 2),
        (M::Fcmovnb, F::Stack, stack::CMOV | 3),
        (M::Fcmove, F::Stack, stack::CMOV | 4),
        (M::Fcmovne, F::Stack, stack::CMOV | 5),
        (M::Fcmovbe, F::Stack, stack::CMOV | 6),
        (M::Fcmovnbe, F::Stack, stack::CMOV | 7),
        (M::Fcmovu, F::Stack, stack::CMOV | 10),
        (M::Fcmovnu, F::Stack, stack::CMOV | 11),
        (M::Fprem, F::Remainder, remainder::PREM),
        (M::Fprem1, F::Remainder, remainder::PREM1),
        (M::Fscale, F::Remainder, remainder::SCALE),
        (M::Fxtract, F::Remainder, remainder::XTRACT),
        (M::Fsin, F::Transcendental, transcendental::SIN),
        (M::Fcos, F::Transcendental, transcendental::COS),
        (M::Fsincos, F::Transcendental, transcendental::SINCOS),
        (M::Fptan, F::Transcendental, transcendental::PTAN),
        (M::Fpatan, F::Transcendental, transcendental::PATAN),
        (M::F2xm1, F::Transcendental, transcendental::F2XM1),
        (M::Fyl2x, F::Transcendental, transcendental::YL2X),
        (M::Fyl2xp1, F::Transcendental, transcendental::YL2XP1),
        (M::Wait, F::Waiting, environment::WAIT),
        (M::Fldcw, F::Waiting, environment::LDCW),
        (M::Fldenv, F::Waiting, environment::LDENV),
        (M::Frstor, F::Waiting, environment::RSTOR),
        (M::Fninit, F::Control, environment::INIT),
        (M::Fnclex, F::Control, environment::CLEX),
        (M::Fnstcw, F::Control, environment::STCW),
        (M::Fnstsw, F::Control, environment::STSW),
        (M::Fnstenv, F::Control, environment::STENV),
        (M::Fnsave, F::Control, environment::SAVE),
        // What the 8087 and the 80287 had.
        (M::Fneni, F::Control, environment::NOTHING),
        (M::Fndisi, F::Control, environment::NOTHING),
        (M::Fnsetpm, F::Control, environment::NOTHING),
    ]
};

impl Cpu<'_> {
    /// Whether the x87 may be used: #NM (SDM volume 3, 2.5), and #MF for an exception that has
    /// come up before, if the instruction `waits` for it.
    ///
    /// The exception is #MF with CR0.NE clear too: the other way goes by an interrupt
    /// controller, which this machine does not have, and KVM's guests see the same.
    pub(crate) fn check_x87(&mut self, waits: bool) -> Flow {
        if self.system.cr0 & (CR0_EM | CR0_TS) != 0 {
            return Err(self.raise(NM));
        }
        if waits && self.fpu.is_pending() {
            return Err(self.raise(MF));
        }
        Ok(())
    }
}

/// An instruction that computes.
fn compute(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    cpu.check_x87(true)?;
    let operand = cpu.offset(op);
    match op.fourth {
        f if f == Family::Arithmetic as u8 => arithmetic::binary(cpu, op),
        f if f == Family::Unary as u8 => arithmetic::unary(cpu, op),
        f if f == Family::Load as u8 => transfer::load(cpu, op),
        f if f == Family::Constant as u8 => transfer::constant(cpu, op),
        f if f == Family::Store as u8 => transfer::store(cpu, op),
        f if f == Family::Compare as u8 => compare::compare(cpu, op),
        f if f == Family::Stack as u8 => stack::run(cpu, op),
        f if f == Family::Remainder as u8 => remainder::run(cpu, op),
        _ => transcendental::run(cpu, op),
    }?;
    cpu.fpu.instruction = cpu.start(op);
    if cpu.fpu.is_pending() {
        // It has come up just now.
        if op.memory != NOWHERE {
            cpu.fpu.operand = operand;
        }
        environment::note_opcode(cpu, op);
    }
    Ok(())
}

/// `fwait` looks at other bits of CR0 (SDM volume 3, table 2-2).
fn wait(cpu: &mut Cpu<'_>, _: &Op) -> Flow {
    if cpu.system.cr0 & (CR0_MP | CR0_TS) == CR0_MP | CR0_TS {
        return Err(cpu.raise(NM));
    }
    if cpu.fpu.is_pending() { Err(cpu.raise(MF)) } else { Ok(()) }
}

/// The handlers of the x87.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    let &(_, family, kind) = ROWS.iter().find(|row| row.0 == i.mnemonic())?;
    op.kind = kind;
    op.fourth = family as u8;
    Some(match family {
        Family::Waiting if kind == environment::WAIT => wait,
        Family::Waiting | Family::Control => environment::run,
        _ => compute,
    })
}
