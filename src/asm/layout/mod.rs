//! Layout: the length of every statement and the address of every label.
//!
//! **The problem.** The length of `jmp x` depends on the distance to `x`, which depends on the
//! lengths of the statements in between, which may be jumps themselves. `times 510-($-$$) db 0`,
//! `align` and `equ` depend on labels in the same way, before and after them.
//!
//! **The idea.** Most statements do not take part: their bytes are known when they are read, and
//! are appended to the section at once. Only a statement whose *length* may change becomes a
//! [`Record`](super::object::record::Record). A statement of fixed length with an unknown number
//! becomes a [`Patch`](super::object::record::Patch) of bytes that are already there. An address is
//! the number of fixed bytes before it plus the lengths of the records before it; a
//! [`Position`](super::value::symbols::Position) stores the number of bytes and the number of
//! records. A label never changes by itself and costs nothing in a pass.
//!
//! A pass ([`passes`]) computes the length of every record from the current addresses. The first
//! pass uses the shortest forms, as NASM does, and passes are repeated until one changes nothing.
//! Odd passes go forward and even passes go backward, so growth along a chain of dependent branches
//! needs one pass or two, in whichever direction the chain points.
//!
//! A record other than a branch that depends on one label has its final length after the first
//! pass. It is not encoded again: the output only fills in the number
//! ([`Filled`](super::object::record::Filled)). A plain branch is measured by its distance alone.
//!
//! **Invariants.**
//! - `delta[i]` is the sum of the lengths of the records before `i`; it has one element more than
//!   there are records.
//! - Within a pass an address counts what grew before it in the same pass: in a forward pass
//!   `delta` is brought up to date record by record and what lies ahead is shifted by the growth
//!   so far; in a backward pass the growth between a record and a label ahead of it is the
//!   difference of two sums over what has been passed.
//! - Two positions with equal `record` have a distance that nothing can change. That is what
//!   lets `$ - msg` and short backward jumps be final at once.
//! - After [`GROW_ONLY_AFTER`] passes an instruction may no longer shrink, so that passes come to
//!   an end; after [`MAX_PASSES`] it is an error. What is emitted is a state in which every
//!   statement agrees with every address.

pub(crate) mod debug;
pub(crate) mod emit;
pub(crate) mod equ;
pub(crate) mod passes;
pub(crate) mod sections;

/// The maximum number of measurements over all passes, including repetitions, for a small program.
/// A larger program may use [`MAX_STEPS_EACH`] for each statement.
pub(crate) const MAX_STEPS: u64 = if cfg!(test) { 1 << 16 } else { 1 << 23 };
/// The maximum number of measurements of each statement.
pub(crate) const MAX_STEPS_EACH: u64 = 16;
/// The maximum number of passes of the layout.
pub(crate) const MAX_PASSES: u32 = 200;
/// The number of passes after which an instruction may no longer shrink.
pub(crate) const GROW_ONLY_AFTER: u32 = 40;
/// The maximum number of times that a program is read again because its preprocessor uses
/// addresses.
pub(crate) const MAX_RUNS: u32 = 32;
