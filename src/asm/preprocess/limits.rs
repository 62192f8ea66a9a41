//! The limits of the preprocessor. They end every source that would otherwise run or grow forever.
//!
//! Unit tests are not optimised, so some limits are lower there.

/// The nesting depth of includes.
pub(super) const INCLUDE_DEPTH: usize = 64;
/// The nesting depth of macros and repetitions.
pub(super) const MACRO_DEPTH: usize = 1000;
/// The nesting depth of the expansion of single-line macros.
pub(super) const EXPANSION_DEPTH: usize = 1000;
/// The nesting depth of arguments of single-line macros and functions, which uses the call stack.
pub(super) const EVALUATION_DEPTH: usize = 64;
/// The repetitions of one `%rep`.
pub(super) const REPEATS: i64 = 1_000_000;
/// The lines from macros, repetitions and includes.
pub(super) const LINES: u64 = if cfg!(test) { 400_000 } else { 4_000_000 };
/// The tokens from expansions; a long token counts as several. The limit corresponds to about a
/// second.
pub(super) const TOKENS: u64 = if cfg!(test) { 8_000_000 } else { 64_000_000 };
/// The tokens of one line.
pub(super) const LINE_TOKENS: usize = 1 << 18;
/// The tokens of all definitions and arguments at one time.
pub(super) const STORED_TOKENS: usize = if cfg!(test) { 1 << 20 } else { 1 << 23 };
/// The bytes of generated text.
pub(super) const GENERATED_TEXT: usize = 64 << 20;
/// The uses of macros.
pub(super) const USES: usize = 1 << 24;
/// The contexts on the stack.
pub(super) const CONTEXTS: usize = 10_000;
/// Diagnostics.
pub(super) const DIAGNOSTICS: usize = 100_000;
/// The rounds of pasting with `%+` and expanding the result.
pub(super) const PASTE_ROUNDS: usize = 64;
/// The number of diagnostics after which no suggestions are made.
pub(super) const SUGGESTIONS: usize = 200;
/// The cost of a line in [`TOKENS`], besides its tokens.
pub(super) const LINE_COST: u64 = 16;
/// The cost of the use of a single-line macro in [`TOKENS`], besides its tokens.
pub(super) const USE_COST: u64 = 8;
