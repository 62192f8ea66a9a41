//! Converts a sum of registers and a number to a memory operand.

use super::expression::linear::{Linear, Term, Trouble, Unit};
use crate::asm::syntax::ast::Address;
use crate::asm::syntax::table::register_name;
use iced_x86::Register;

/// Why a sum is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Three or more registers.
    TooManyRegisters,
    /// Both registers are multiplied.
    TwoIndexes,
    /// A register is subtracted, or its factor is too large.
    Scale(Register, i64),
    /// The rest of the sum is wrong.
    Number(Trouble),
}

impl Unfit {
    /// The message, and a help.
    pub(crate) fn message(self) -> (String, Option<&'static str>) {
        match self {
            Self::TooManyRegisters => {
                ("an address has at most two registers".to_owned(), Some("add with `lea` first"))
            }
            Self::TwoIndexes => {
                let help = "one of the registers must stand alone: `[base + index*scale + number]`";
                ("only one register of an address can be multiplied".to_owned(), Some(help))
            }
            Self::Scale(register, factor) if factor < 0 => {
                let name = format!("{register:?}").to_lowercase();
                (format!("`{name}` cannot be subtracted in an address"), None)
            }
            Self::Scale(register, factor) => {
                let name = format!("{register:?}").to_lowercase();
                let help = "the scale of an index is 1, 2, 4 or 8";
                (format!("`{name}` cannot be multiplied by {factor} in an address"), Some(help))
            }
            Self::Number(_) => ("this is not an address".to_owned(), None),
        }
    }
}

/// Fills in base, index, scale and displacement.
pub(crate) fn fill(sum: &Linear, address: &mut Address) -> Result<(), Unfit> {
    let mut registers = sum.terms().iter().filter_map(|term| match term.unit {
        Unit::Register(register) => Some((register, *term)),
        Unit::Section(_) => None,
    });
    let parts = (registers.next(), registers.next(), registers.next());
    drop(registers);
    address.displacement = sum.to_value().map_err(Unfit::Number)?;
    address.base = Register::None;
    if address.is_mib {
        // The index is written separately and has been read.
        if let (Some((register, _)), None, _) = parts {
            address.base = register;
        }
        return Ok(());
    }
    (address.index, address.scale, address.index_is_explicit) = (Register::None, 0, false);
    match parts {
        (None, ..) => {}
        (Some((register, term)), None, _) => {
            let is_vector = register.is_vector_register();
            // `[ecx+ecx]` has a base, `[ecx*2]` has none.
            let split = term.alone || sum.is_summed;
            let is_both = split && matches!(term.factor, 2 | 3 | 5 | 9) && !is_vector;
            let is_explicit = term.explicit && !sum.is_summed;
            let is_index = term.factor != 1 || is_explicit || is_vector;
            if is_both {
                address.base = register;
                set_index(address, register, &Term { factor: term.factor - 1, ..term })?;
            } else if is_index {
                set_index(address, register, &term)?;
            } else {
                address.base = register;
            }
        }
        (Some((r1, t1)), Some((r2, t2)), None) => {
            let first_is_index = match (t1.factor == 1, t2.factor == 1) {
                (false, false) => return Err(Unfit::TwoIndexes),
                (false, true) => true,
                (true, false) => false,
                (true, true) if r1.is_vector_register() != r2.is_vector_register() => {
                    r1.is_vector_register()
                }
                // NASM sorts by name if it has forgotten which register was written first.
                (true, true) if sum.is_summed => register_name(r1) > register_name(r2),
                (true, true) => t1.explicit,
            };
            let (base, index, term) = if first_is_index { (r2, r1, t1) } else { (r1, r2, t2) };
            address.base = base;
            set_index(address, index, &term)?;
        }
        _ => return Err(Unfit::TooManyRegisters),
    }
    Ok(())
}

fn set_index(address: &mut Address, register: Register, term: &Term) -> Result<(), Unfit> {
    let scale = u8::try_from(term.factor).ok().filter(|s| (1..=9).contains(s));
    address.scale = scale.ok_or(Unfit::Scale(register, term.factor))?;
    address.index = register;
    address.index_is_explicit = term.explicit;
    Ok(())
}
