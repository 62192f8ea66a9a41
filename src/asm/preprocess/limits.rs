//! The limits of the preprocessor. They end any source that would run or grow without end.
//!
//! Unit tests are not optimised, so some limits are lower there.

/// Files that include each other.
pub(super) const INCLUDE_DEPTH: usize = 64;
/// Macros and repetitions within each other.
pub(super) const MACRO_DEPTH: usize = 1000;
/// Single-line macros within the expansion of each other.
pub(super) const EXPANSION_DEPTH: usize = 1000;
/// Arguments of single-line macros and functions within each other, which cost stack.
pub(super) const EVALUATION_DEPTH: usize = 64;
/// SwitchHistory of one `%rep`.
pub(super) const REPEATS: i64 = 1_000_000;
/// Lines that macros, repetitions and includes bring in.
pub(super) const LINES: u64 = if cfg!(test) { 400_000 } else { 4_000_000 };
/// Tokens that expansions bring in; long ones count for more. Whatever they are spent on, a second
/// or two is gone when there are none left.
pub(super) const TOKENS: u64 = if cfg!(test) { 8_000_000 } else { 64_000_000 };
/// Tokens of one line.
pub(super) const LINE_TOKENS: usize = 1 << 18;
/// Tokens that definitions and arguments hold at one time.
pub(super) const STORED_TOKENS: usize = if cfg!(test) { 1 << 20 } else { 1 << 23 };
/// Bytes of text that the preprocessor makes up.
pub(super) const GENERATED_TEXT: usize = 64 << 20;
/// Uses of macros.
pub(super) const USES: usize = 1 << 24;
/// Contexts on the stack.
pub(super) const CONTEXTS: usize = 10_000;
/// Diagnostics.
pub(super) const DIAGNOSTICS: usize = 100_000;
/// Rounds of pasting with `%+` and expanding what came of it.
pub(super) const PASTE_ROUNDS: usize = 64;
/// Diagnostics after which no more spellings are suggested.
pub(super) const SUGGESTIONS: usize = 200;
/// What a line that is brought in costs of [`TOKENS`], besides its tokens.
pub(super) const LINE_COST: u64 = 16;
/// What the use of a single-line macro costs of [`TOKENS`], besides its tokens.
pub(super) const USE_COST: u64 = 8;
