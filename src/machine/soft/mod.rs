//! A CPU in software as a [`Backend`]: the processor of the manual, in safe Rust.
//!
//! **The problem.** Where there is no KVM, or one that cannot run a mode, a guest has to run all
//! the same, with the same results to the last flag, and fast.
//!
//! **The idea.** An instruction is decoded once into an `Op`: the address of a function
//! that does it, and its operands. Runs of them up to a branch are kept as blocks, found by
//! address, so that the loop below is mostly: take the next op, call its handler. Flags are
//! computed when somebody asks for them, and a table of pages makes a memory access a few
//! compares.
//!
//! Each folder is a layer, and uses only those above it in this list:
//!
//! | folder | holds |
//! |---|---|
//! | `float` | floating-point arithmetic, in any format |
//! | `core` | the state, memory, decoded instructions |
//! | `integer` | the instructions of general registers |
//! | `system` | those of an operating system |
//! | `x87` | the x87 |
//! | `vector` | MMX, SSE and AVX |
//! | `run` | decoding, blocks, the table of all instructions, the loop: the [`Machine`] |
//!
//! **Invariants.** An instruction that raises a fault has changed nothing but what the manual
//! says. A handler returns `Ok` only if the next op of the block is what comes next. What this
//! CPU does not have ends in an exit that names the instruction, never in a wrong result.
//!
//! It knows nothing of ports and of what an exit means.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "a processor cuts words and reads them as signed all the time"
)]

mod core;
mod float;
mod integer;
mod run;
mod system;
#[cfg(test)]
mod tests;
mod vector;
mod x87;

pub use run::Machine;
