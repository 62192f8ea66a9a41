//! Layout: how long every statement is and where every label lies.
//!
//! **The problem.** The length of `jmp x` depends on how far away `x` is, which depends on the
//! lengths of the statements between, which may be jumps themselves. `times 510-($-$$) db 0`,
//! `align` and `equ` hang on labels in the same way, ahead as well as behind.
//!
//! **The idea.** Most statements do not take part: their bytes are known when they are read, and
//! they are appended to their section at once. Only what may still change its *length* is kept
//! as a [`Record`](super::object::record::Record); what has a fixed length and only awaits a number is a [`Patch`](super::object::record::Patch) on bytes that
//! are there already. An address is then the count of fixed bytes before it plus the lengths of
//! the records before it, and that second part is looked up by the number of the record
//! ([`Position`](super::value::symbols::Position)). A label never moves by itself and costs nothing in a pass.
//!
//! A pass ([`passes`]) works out the length of every record from the addresses as they are at that
//! moment. It begins with the shortest forms, as NASM does, and passes follow until one changes
//! nothing. Odd passes go forward and even ones backward: growth that travels along a chain of
//! branches which depend on each other is then carried all the way in one pass or the next,
//! whichever way the chain points.
//!
//! Once a pass has found what an instruction with one label hangs on, its length is settled unless
//! it is a branch: it is encoded no more, and all that the output awaits is the number
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

/// Most statements that are measured over all passes, each as often as it is repeated, in a
/// program that has few of them; others may take [`MAX_STEPS_EACH`].
pub(crate) const MAX_STEPS: u64 = if cfg!(test) { 1 << 16 } else { 1 << 23 };
/// Most times that each statement is measured.
pub(crate) const MAX_STEPS_EACH: u64 = 16;
/// Most passes of the layout.
pub(crate) const MAX_PASSES: u32 = 200;
/// Passes after which an instruction may no longer shrink.
pub(crate) const GROW_ONLY_AFTER: u32 = 40;
/// Most times a program is read again because its preprocessor looked at addresses.
pub(crate) const MAX_RUNS: u32 = 32;
