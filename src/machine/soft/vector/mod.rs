//! The MMX, SSE and AVX instructions.
//!
//! A family is a file with a function `handler`: it returns the handler of each instruction that
//! belongs to the family, and stores in the [`Op`] what the handler needs. `Op::new` has filled in
//! the rest: the registers by position (`dst src third fourth`, with the numbers of `xmm` and `mm`
//! registers too), the memory operand, and its position (`memory`).
//!
//! [`operand`] reads and writes the operands, and checks that the system has enabled the extension.
//! Instructions of extensions that this CPU does not have are rejected before.
//!
//! | file | holds |
//! |---|---|
//! | `operand`, `table` | operands; tables of instructions |
//! | `moves`, `masked` | moves of vectors and their parts, masked moves, gathers |
//! | `packed`, `shift` | packed integers and logic |
//! | `shuffle`, `horizontal` | shuffles; packing, widening, sums of neighbours |
//! | `element` | single elements and bits, flags |
//! | `crypto`, `string_compare` | AES, SHA, carry-less products; comparisons of strings |
//! | `float` | floating point |
//! | `state` | MXCSR, FXSAVE, XSAVE |

pub(crate) mod operand;

mod crypto;
mod element;
mod float;
mod horizontal;
mod masked;
mod moves;
mod packed;
mod shift;
mod shuffle;
mod state;
mod string_compare;
mod table;

use crate::machine::soft::core::extension::is_claimed;
use crate::machine::soft::core::op::{Handler, Op};
use iced_x86::Instruction;

/// Gives the handler of an instruction, if it belongs to one of the families.
type Family = fn(&Instruction, &mut Op) -> Option<Handler>;

/// The families.
const FAMILIES: [Family; 11] = [
    moves::handler,
    packed::handler,
    float::handler,
    shift::handler,
    shuffle::handler,
    horizontal::handler,
    element::handler,
    crypto::handler,
    string_compare::handler,
    masked::handler,
    state::handler,
];

/// The handlers of the families.
pub(crate) fn handler(i: &Instruction, op: &mut Op) -> Option<Handler> {
    if !is_claimed(i) {
        return None;
    }
    FAMILIES.iter().find_map(|family| family(i, op))
}
