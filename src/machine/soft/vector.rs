//! The x87, MMX, SSE and AVX instructions: where their families plug in.
//!
//! A family is a file with a function `lower` like this one's: it gives the handler of an
//! instruction that is its own, and leaves in the [`Op`] what the handler wants to know (`kind`,
//! and `code`, iced's number of the form, are free for that). `Op::new` has filled in the rest:
//! the registers by position (`dst src third fourth`, numbers of `xmm`, `mm` or `st` too), the
//! memory operand, and which position it has (`memory`).
//!
//! A handler works on `Cpu::fpu`, reads and writes memory by `load_by`, `store_by` and their like
//! (wider operands in words, the last one found with `slot` before the first is written), and
//! raises exceptions with `raise`. CR0.EM, CR0.TS and CR4.OSFXSR are the family's to look at.
//! There is no family yet, so each such instruction is one that this CPU does not have.

use super::op::{Op, Run};
use iced_x86::Instruction;

/// Gives the handler of an instruction, if it belongs to one of the families.
type Lower = fn(&Instruction, &mut Op) -> Option<Run>;

/// The families.
const FAMILIES: [Lower; 0] = [];

/// The handlers of the families.
pub(super) fn lower(i: &Instruction, op: &mut Op) -> Option<Run> {
    FAMILIES.iter().find_map(|lower| lower(i, op))
}
