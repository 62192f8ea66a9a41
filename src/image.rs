//! What the assembler hands to the machine: bytes, and what is known about them.
//!
//! An [`Image`] is a flat binary with its load address, the CPU mode it starts in, its symbols and
//! a line table. It knows neither how it was made nor how it will be run.

use crate::diagnostic::Span;

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

    /// Default operand width of its code, in bits: 16, 32 or 64.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Real => 16,
            Self::Protected => 32,
            Self::Long => 64,
        }
    }

    /// The mode whose code has this width.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Option<Self> {
        match bits {
            16 => Some(Self::Real),
            32 => Some(Self::Protected),
            64 => Some(Self::Long),
            _ => None,
        }
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
    /// Whether it is the address of something in the image.
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
    /// 16, 32 or 64: the `bits` in effect.
    pub bits: u8,
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
    /// 16, 32 or 64: the `bits` in effect at the first byte (16 when there is none).
    pub bits: u8,
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
