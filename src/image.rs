//! What the assembler hands to the machine.
//!
//! An [`Image`] is a flat binary with its load address, the width of its code, its symbols and a
//! line table.

use crate::diagnostic::Span;
use std::fmt;

/// The width of code: what `bits 16`, `bits 32` and `bits 64` set in NASM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bits {
    /// Code of real mode. NASM's default for flat binaries.
    #[default]
    Bits16,
    /// Code of protected mode.
    Bits32,
    /// Code of long mode.
    Bits64,
}

impl Bits {
    /// All widths, in ascending order.
    pub const ALL: [Self; 3] = [Self::Bits16, Self::Bits32, Self::Bits64];

    /// 16, 32 or 64.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::Bits16 => 16,
            Self::Bits32 => 32,
            Self::Bits64 => 64,
        }
    }

    /// The width in bytes: 2, 4 or 8.
    #[must_use]
    pub const fn bytes(self) -> u8 {
        match self {
            Self::Bits16 => 2,
            Self::Bits32 => 4,
            Self::Bits64 => 8,
        }
    }

    /// The mode that runs this code.
    #[must_use]
    pub const fn mode(self) -> Mode {
        match self {
            Self::Bits16 => Mode::Real,
            Self::Bits32 => Mode::Protected,
            Self::Bits64 => Mode::Long,
        }
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

/// The number is none of 16, 32 and 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownBits(pub u32);

impl fmt::Display for UnknownBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a width of code: it is 16, 32 or 64", self.0)
    }
}

impl std::error::Error for UnknownBits {}

impl From<Bits> for u8 {
    fn from(bits: Bits) -> Self {
        8 * bits.bytes()
    }
}

impl From<Bits> for u32 {
    fn from(bits: Bits) -> Self {
        bits.number()
    }
}

impl TryFrom<u32> for Bits {
    type Error = UnknownBits;

    fn try_from(number: u32) -> Result<Self, UnknownBits> {
        Self::ALL.into_iter().find(|bits| bits.number() == number).ok_or(UnknownBits(number))
    }
}

/// The mode the CPU is in at the first instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 16-bit real mode.
    Real,
    /// 32-bit protected mode, paging off.
    Protected,
    /// 64-bit long mode, RAM identity-mapped.
    Long,
}

impl Mode {
    /// All modes, in order of width.
    pub const ALL: [Self; 3] = [Self::Real, Self::Protected, Self::Long];

    /// `real`, `protected` or `long`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Protected => "protected",
            Self::Long => "long",
        }
    }

    /// The width of its code.
    #[must_use]
    pub const fn bits(self) -> Bits {
        match self {
            Self::Real => Bits::Bits16,
            Self::Protected => Bits::Bits32,
            Self::Long => Bits::Bits64,
        }
    }

    /// The mode that runs code of this width.
    #[must_use]
    pub const fn from_bits(bits: Bits) -> Self {
        bits.mode()
    }

    /// Where `run` loads an image that does not say `org`.
    #[must_use]
    pub const fn default_origin(self) -> u64 {
        match self {
            Self::Real => 0x7C00,
            Self::Protected | Self::Long => 0x10_0000,
        }
    }
}

/// A name in the source and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Full name, locals as `parent.local`.
    pub name: String,
    /// Address of a label, value of an `equ`.
    pub value: u64,
    /// Whether it is an address in the image, or in the space reserved behind it.
    pub is_label: bool,
    /// Where it is defined.
    pub span: Span,
}

/// Which source text made which bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Offset of the first byte in [`Image::bytes`].
    pub offset: u32,
    /// How many bytes, all repetitions of a `times` included.
    pub length: u32,
    /// The address the source gives the first byte (differs from origin + offset under `vstart`).
    pub address: u64,
    /// The statement; inside a macro the place of use.
    pub span: Span,
    /// The `bits` in effect.
    pub bits: Bits,
    /// Whether it is an instruction rather than data.
    pub is_code: bool,
}

/// A flat binary, ready to be loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The bytes to load at `origin`.
    pub bytes: Vec<u8>,
    /// Address of the first byte; also the entry point.
    pub origin: u64,
    /// The `bits` in effect at the first byte.
    pub bits: Bits,
    /// Symbols in order of definition.
    pub symbols: Vec<Symbol>,
    /// Line table, in order of offset, without overlap; gaps are padding.
    pub lines: Vec<Line>,
}

impl Image {
    /// The line-table row that covers the byte loaded at `address`.
    #[must_use]
    pub fn line_at(&self, address: u64) -> Option<&Line> {
        let offset = u32::try_from(address.checked_sub(self.origin)?).ok()?;
        let after = self.lines.partition_point(|l| l.offset <= offset);
        let line = self.lines.get(after.checked_sub(1)?)?;
        (offset - line.offset < line.length).then_some(line)
    }
}
