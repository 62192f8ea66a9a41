//! How instructions are written wherever this project shows them: as NASM reads them, numbers as
//! `0x1f`. It knows no instruction.

use iced_x86::{Formatter as _, NasmFormatter};

/// A formatter with these habits. Its tables cost a millisecond at first use, so it is made only
/// when something is to be shown.
#[must_use]
pub fn formatter() -> NasmFormatter {
    let mut formatter = NasmFormatter::new();
    let options = formatter.options_mut();
    options.set_hex_prefix("0x");
    options.set_hex_suffix("");
    options.set_space_after_operand_separator(true);
    options.set_uppercase_hex(false);
    options.set_branch_leading_zeros(false);
    // NASM lacks some names that stand for a number, such as vpcomltb and vcmpltph.
    options.set_use_pseudo_ops(false);
    formatter
}
