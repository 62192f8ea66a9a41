//! The format of disassembled instructions: NASM syntax, numbers as `0x1f`.

use iced_x86::{Formatter as _, NasmFormatter, SymbolResolver};

/// A formatter for this format. Its tables take about a millisecond at first use, so create it only
/// to show something.
#[must_use]
pub fn formatter() -> NasmFormatter {
    formatter_with(None)
}

/// The same, with names for some addresses.
#[must_use]
pub fn formatter_with(names: Option<Box<dyn SymbolResolver>>) -> NasmFormatter {
    let mut formatter = NasmFormatter::with_options(names, None);
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_space_after_operand_separator(true);
    options.set_uppercase_hex(false);
    options.set_branch_leading_zeros(false);
    // NASM does not have some pseudo-instructions, such as vpcomltb and vcmpltph.
    options.set_use_pseudo_ops(false);
    formatter
}
