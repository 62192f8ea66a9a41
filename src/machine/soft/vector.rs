//! The x87, MMX, SSE and AVX instructions: where their families plug in.
//!
//! A family is a file with a function `lower` like this one's; it works on `Cpu::fpu`. There is
//! none yet, so each such instruction is one that this CPU does not have.

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
