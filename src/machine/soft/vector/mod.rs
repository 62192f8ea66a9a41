//! The MMX, SSE and AVX instructions: where their families plug in.
//!
//! A family is a file with a function `lower` like this one's: it gives the handler of an
//! instruction that is its own, and leaves in the [`Op`] what the handler wants to know. `Op::new`
//! has filled in the rest: the registers by position (`dst src third fourth`, numbers of `xmm`
//! and `mm` too), the memory operand, and which position it has (`memory`).
//!
//! Operands of MMX, SSE and AVX, and whether the system has turned those on, are the matter of
//! [`operand`], which says how a handler uses it. Exceptions are raised with `raise`. Instructions
//! of extensions that this CPU does not have never come here.
//!
//! | file | holds |
//! |---|---|
//! | `operand`, `row` | operands; tables of instructions |
//! | `moves`, `masked` | moves of vectors and their parts, of chosen elements, gathers |
//! | `words`, `shift` | integers and logic, element by element |
//! | `shuffle`, `across` | elements that change places, or sizes, or come together |
//! | `pick` | single elements and bits, flags |
//! | `crypto`, `text` | AES, SHA, carry-less products; comparisons of strings |
//! | `float` | floating point |
//! | `state` | MXCSR, FXSAVE, XSAVE |

pub(crate) mod operand;

mod across;
mod crypto;
mod float;
mod masked;
mod moves;
mod pick;
mod row;
mod shift;
mod shuffle;
mod state;
mod text;
mod words;

use crate::machine::soft::core::extension::is_claimed;
use crate::machine::soft::core::op::{Op, Run};
use iced_x86::Instruction;

/// Gives the handler of an instruction, if it belongs to one of the families.
type Lower = fn(&Instruction, &mut Op) -> Option<Run>;

/// The families.
const FAMILIES: [Lower; 11] = [
    moves::lower,
    words::lower,
    float::lower,
    shift::lower,
    shuffle::lower,
    across::lower,
    pick::lower,
    crypto::lower,
    text::lower,
    masked::lower,
    state::lower,
];

/// The handlers of the families.
pub(crate) fn lower(i: &Instruction, op: &mut Op) -> Option<Run> {
    if !is_claimed(i) {
        return None;
    }
    FAMILIES.iter().find_map(|lower| lower(i, op))
}
