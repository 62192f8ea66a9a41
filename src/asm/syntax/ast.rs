//! One instruction with its operands, as plain data. The parser produces it and the selection
//! encodes it.

use super::table::row::Cpu;
use crate::diagnostic::Span;
use iced_x86::Register;

/// The kind of a number in the current pass of the layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A plain number: literals, differences of labels.
    #[default]
    Absolute,
    /// An address in the given section (0 is the first): a label plus a number.
    Relocatable(u16),
    /// The distance between labels of different sections. It is a number only after the sections
    /// have been placed, so NASM gives it the full width of its field.
    Distance,
    /// It depends on a label that no pass has placed yet, so the number is a guess.
    Unknown,
}

/// An evaluated expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// The number, wrapped to 64 bits.
    pub number: i64,
    /// Its kind.
    pub kind: Kind,
}

/// A size before an operand or inside its brackets, in bytes; 0 if there is none.
pub type Size = u8;

/// A memory operand, already in the form base + index * scale + displacement.
///
/// The parser has reduced sums such as `[r*2]` to at most one base and one index. The selection
/// splits and swaps them to shorten addresses, as NASM does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The register without a factor, or `Register::None`; `rip` never appears here.
    pub base: Register,
    /// The register with a factor, or the second one without a factor.
    pub index: Register,
    /// The factor of the index: any number from 1 as written; 0 without an index.
    pub scale: u8,
    /// Whether the index was written with an explicit `*`, also `*1`.
    pub index_is_explicit: bool,
    /// Everything that is not a register.
    pub displacement: Value,
    /// `fs:` and the like inside the brackets, or `Register::None`.
    pub segment: Register,
    /// `byte`, `word`, `dword`, `qword` inside the brackets: the size of the displacement.
    pub displacement_size: Size,
    /// `a16`, `a32`, `a64` inside the brackets, in bytes.
    pub address_size: Size,
    /// `Some(true)` for `rel`, `Some(false)` for `abs`, `None` for the default.
    pub relative: Option<bool>,
    /// `nosplit`.
    pub nosplit: bool,
    /// The split form `[base + disp, index * scale]` of the MPX instructions.
    pub is_mib: bool,
}

/// What an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// A register.
    Register(Register),
    /// A number: immediate or branch target.
    Immediate(Value),
    /// Memory.
    Memory(Address),
    /// `segment:offset` of a far branch.
    Far(Value, Value),
}

/// An operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operand {
    /// What it is.
    pub kind: OperandKind,
    /// `byte` 1, `word` 2, `dword` 4, `qword` 8, `tword` 10, `oword` 16, `yword` 32, `zword` 64.
    pub size: Size,
    /// `strict`.
    pub strict: bool,
    /// `short`, `near`, `far`, `to`.
    pub distance: Distance,
    /// `{1to2}` … `{1to32}`: the count, else 0.
    pub broadcast: u8,
    /// `{k1}` … `{k7}` after the operand, else `Register::None`.
    pub opmask: Register,
    /// `{z}`.
    pub zeroing: bool,
    /// Where it is written.
    pub span: Span,
}

/// The word before a branch target or an x87 register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distance {
    /// Nothing.
    #[default]
    None,
    /// `short`.
    Short,
    /// `near`.
    Near,
    /// `far`.
    Far,
    /// `to`.
    To,
}

/// `{rn-sae}` and the like, written as the last operand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rounding {
    /// Nothing.
    #[default]
    None,
    /// `{rn-sae}`.
    Nearest,
    /// `{rd-sae}`.
    Down,
    /// `{ru-sae}`.
    Up,
    /// `{rz-sae}`.
    Zero,
    /// `{sae}`.
    SuppressExceptions,
}

/// `{vex}`, `{evex}` and the like before the mnemonic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Nothing.
    #[default]
    None,
    /// `{vex}`.
    Vex,
    /// `{vex2}`.
    Vex2,
    /// `{vex3}`.
    Vex3,
    /// `{evex}`.
    Evex,
}

/// Prefixes written before the mnemonic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// `lock`.
    pub lock: bool,
    /// `rep`, `repe`, `repz`, `xrelease`.
    pub rep: bool,
    /// `repne`, `repnz`, `bnd`, `xacquire`.
    pub repne: bool,
    /// Whether the source has `bnd`.
    pub bnd: bool,
    /// Whether the source has `xacquire` or `xrelease`.
    pub hle: bool,
    /// `osp`.
    pub other_operand_size: bool,
    /// `wait`.
    pub wait: bool,
    /// `o16`, `o32`, `o64`: bytes, else 0.
    pub operand_size: Size,
    /// `a16`, `a32`, `a64`: bytes, else 0.
    pub address_size: Size,
    /// `cs` … `gs` before the mnemonic, or `Register::None`.
    pub segment: Register,
    /// `{vex}` and the like.
    pub encoding: Encoding,
}

/// The maximum number of operands of an instruction.
pub const MAX_OPERANDS: usize = 5;

/// An instruction with its numbers evaluated for this pass.
#[derive(Clone, Debug, Default)]
pub struct Instruction {
    /// The row of the mnemonic in the generated table.
    pub mnemonic: u16,
    /// Where the mnemonic is written.
    pub mnemonic_span: Span,
    /// The processor selected with `cpu`. Instructions that it does not have are an error.
    pub cpu: Cpu,
    /// Prefixes.
    pub prefixes: Prefixes,
    /// `{rn-sae}`, `{sae}`.
    pub rounding: Rounding,
    /// The operands, in the order written.
    pub operands: Vec<Operand>,
}
