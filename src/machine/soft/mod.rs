//! A CPU in software, in safe Rust: a [`Backend`](crate::machine::backend::Backend) for hosts
//! without KVM, and for modes that KVM cannot run there.
//!
//! **The problem.** A guest must give the same results as on a processor, flags included, and run
//! fast.
//!
//! **The idea.** An instruction is decoded once into an operation: a pointer to the function that
//! executes it, and its operands. Operations up to a branch form a block, which is found again by
//! its address. The main loop takes the next operation and calls its handler. Flags are computed
//! only when they are read. A software TLB reduces most memory accesses to a few comparisons.
//!
//! **The layers.** Each folder uses only the folders above it in this list:
//!
//! | folder | holds |
//! |---|---|
//! | `float` | floating-point arithmetic, in every format |
//! | `core` | the state of the CPU, memory accesses, decoded operations |
//! | `integer` | the instructions of the general registers |
//! | `system` | the instructions of an operating system, interrupts, ports |
//! | `x87` | the x87 |
//! | `vector` | MMX, SSE and AVX |
//! | `run` | decoding, blocks, the table of all instructions, the main loop: the [`Machine`] |
//!
//! **Invariants.** An instruction that raises a fault has changed nothing but what the manual says.
//! A handler returns `Ok` only if the next operation of the block comes next. An instruction that
//! this CPU does not have ends the run with an exit that names it; it never gives a wrong result.
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
