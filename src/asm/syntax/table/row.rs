//! The types of the instruction table: rows and operand kinds as plain data.
//!
//! `build.rs` also compiles this file. It fills the rows from iced's op-code metadata and writes
//! them as constants.

/// The class of an operand as a set of bits. An operand fits a kind if it shares a bit with
/// [`Kind::accepts`].
pub mod class {
    #![allow(missing_docs, reason = "one comment describes a line of them")]
    /// Defines names for single bits, from the lowest up.
    macro_rules! bits {
        ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "bit positions")]
            #[derive(Clone, Copy)]
            #[repr(u32)]
            enum Position { $($name),* }
            $($(#[$doc])* pub const $name: u64 = 1 << Position::$name as u32;)*
        };
    }
    bits! {
        /// General registers by size.
        R8, R16, R32, R64,
        /// The accumulator by size, and other registers that opcodes imply.
        AL, AX, EAX, RAX, CL, DX,
        /// `cx`, `ecx`, `rcx`: the counter, which has the address size.
        COUNTER,
        /// A segment register, as an operand of `mov`.
        SEGMENT,
        /// The segment registers by name.
        ES, CS, SS, DS, FS, GS,
        /// Control, debug and test registers.
        CR, DR, TR,
        /// The top of the x87 stack, any of the stack, one with `to` before it.
        ST0, ST, ST_TO,
        /// MMX registers.
        MM,
        /// Vector registers; those above 15 need EVEX.
        XMM, XMM_HIGH, YMM, YMM_HIGH, ZMM, ZMM_HIGH,
        /// `xmm0`, which some opcodes imply.
        XMM0,
        /// Mask, bound and tile registers.
        K, BND, TMM,
        /// Memory with a written size, by bytes.
        M8, M16, M32, M64, M80, M128, M256, M512,
        /// Memory without a written size.
        M_UNSIZED,
        /// Memory with `{1toN}`.
        M_BROADCAST,
        /// Memory with a vector index.
        M_VSIB_X, M_VSIB_Y, M_VSIB_Z,
        /// Memory without base and index, for the moffs forms.
        M_OFFSET,
        /// `far` memory.
        M_FAR,
        /// A number without a contradicting written size, by the size of the field.
        IMM8, IMM16, IMM32, IMM64,
        /// The number 1.
        ONE,
        /// A number that is the sign extension of its low byte to 16, 32, 64 bits.
        SIGNED8_16, SIGNED8_32, SIGNED8_64,
        /// A number that is the sign extension, or the zero extension, of its low four bytes.
        SIGNED32, UNSIGNED32,
        /// A branch target, by the size of the distance.
        REL8, REL,
        /// `segment:offset`.
        FAR,
    }
    /// Memory of any written size or none.
    pub const M_ANY: u64 = M8 | M16 | M32 | M64 | M80 | M128 | M256 | M512 | M_UNSIZED;
}

/// The field of an encoding that holds an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[rustfmt::skip]
pub enum Role {
    /// None: the opcode implies the operand.
    Implied,
    /// ModRM.reg.
    Reg,
    /// ModRM.rm, register or memory.
    Rm,
    /// VEX.vvvv.
    Vvvv,
    /// The low three bits of the opcode.
    Opcode,
    /// The high four bits of the last byte.
    Is4,
    /// The low bits of the last byte, below an `Is4`.
    Imm4,
    /// One byte.
    Imm8,
    /// Two bytes.
    Imm16,
    /// Four bytes.
    Imm32,
    /// Eight bytes.
    Imm64,
    /// One byte, which the CPU sign-extends.
    Signed8,
    /// Four bytes, which the CPU sign-extends.
    Signed32,
    /// A distance of one byte.
    Rel8,
    /// A distance of two bytes.
    Rel16,
    /// A distance of four bytes.
    Rel32,
    /// Offset of two bytes, then the segment.
    Far16,
    /// Offset of four bytes, then the segment.
    Far32,
    /// An address as wide as the address size, without ModRM.
    Offset,
    /// Memory at (e/r)si, which allows a segment override.
    Source,
    /// Memory at es:(e/r)di.
    Destination,
    /// Memory at (e/r)di, which allows a segment override.
    MaskDestination,
    /// Memory at (e/r)bx + al.
    Translate,
    /// ModRM.reg, a register that holds an address: its size is the address size.
    RegAddress,
}

/// The kind of operand that a row takes.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The [`class`] bits that fit.
    pub accepts: u64,
    /// Its field.
    pub role: Role,
    /// Size of the register or memory in bytes; 0 if it varies.
    pub size: u16,
    /// Its name in manuals: `r/m32`.
    pub name: &'static str,
}

/// Bits of [`Row::flags`].
pub mod flag {
    /// Exists in 16-, 32-, 64-bit code.
    pub const MODE16: u32 = 1 << 0;
    /// See [`MODE16`].
    pub const MODE32: u32 = 1 << 1;
    /// See [`MODE16`].
    pub const MODE64: u32 = 1 << 2;
    /// No operand shows the operand size: it must be explicit, or that of the mode.
    pub const IMPLICIT_SIZE: u32 = 1 << 3;
    /// The default row without an explicit size, in 16-, 32-, 64-bit code.
    pub const DEFAULT16: u32 = 1 << 4;
    /// See [`DEFAULT16`].
    pub const DEFAULT32: u32 = 1 << 5;
    /// See [`DEFAULT16`].
    pub const DEFAULT64: u32 = 1 << 6;
    /// Another row differs only in the size of the memory, so the size must be explicit.
    pub const AMBIGUOUS: u32 = 1 << 7;
    /// REX.W (for VEX and EVEX: W).
    pub const W: u32 = 1 << 8;
    /// A wait (9B) comes first.
    pub const FWAIT: u32 = 1 << 9;
    /// `lock` is allowed.
    pub const LOCK: u32 = 1 << 10;
    /// `rep` is allowed.
    pub const REP: u32 = 1 << 11;
    /// `repne` is allowed.
    pub const REPNE: u32 = 1 << 12;
    /// `bnd` is allowed.
    pub const BND: u32 = 1 << 13;
    /// Memory may be broadcast.
    pub const BROADCAST: u32 = 1 << 14;
    /// `{rn-sae}` and the like are allowed.
    pub const ROUNDING: u32 = 1 << 15;
    /// `{sae}` is allowed.
    pub const SAE: u32 = 1 << 16;
    /// `{k1}` is allowed.
    pub const MASK: u32 = 1 << 17;
    /// `{k1}` must be there.
    pub const MASK_REQUIRED: u32 = 1 << 18;
    /// `{z}` is allowed.
    pub const ZEROING: u32 = 1 << 19;
    /// Used only with `{vex}` (VEX), or if nothing else fits (EVEX).
    pub const EXPLICIT: u32 = 1 << 20;
    /// The opcode has two bytes.
    pub const OPCODE2: u32 = 1 << 21;
    /// Memory must have a SIB byte.
    pub const SIB: u32 = 1 << 22;
    /// The address is encoded as written: it is never split, and is not relative to rip.
    pub const MIB: u32 = 1 << 23;
    /// Used only if the source asks for this form (`strict`, `far`).
    pub const NEVER: u32 = 1 << 24;
    /// The second operand is not written: it equals the first.
    pub const SAME: u32 = 1 << 25;
    /// No operand shows the address size: it must be explicit, or that of the mode.
    pub const IMPLICIT_ADDRESS: u32 = 1 << 26;
    /// The operand size has no effect, so no prefix is written for it.
    pub const NO_OPERAND_SIZE: u32 = 1 << 27;
    /// The same, for the memory form.
    pub const NO_OPERAND_SIZE_MEMORY: u32 = 1 << 28;
    /// ModRM follows the opcode, with or without memory.
    pub const MODRM: u32 = 1 << 29;
}

/// How a row is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Encoding {
    /// Prefixes, REX, escape bytes, opcode.
    Legacy,
    /// VEX.
    Vex,
    /// EVEX.
    Evex,
    /// XOP.
    Xop,
    /// 3DNow!: the opcode comes last.
    Amd3dNow,
}

/// The processors that `cpu` names. Each has all instructions of those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cpu {
    /// 8086.
    I8086,
    /// 80186.
    I186,
    /// 80286.
    I286,
    /// 80386.
    I386,
    /// 80486.
    I486,
    /// Pentium.
    Pentium,
    /// Pentium Pro and Pentium II.
    P6,
    /// Pentium III.
    Katmai,
    /// Pentium 4.
    Willamette,
    /// Pentium 4 with SSE3.
    Prescott,
    /// The first x86-64 processors.
    X64,
    /// Later processors, which `cpu` cannot name.
    Later,
    /// Itanium.
    Itanium,
    /// Every instruction is available.
    #[default]
    Any,
}

/// The maximum number of operands of a row.
pub const OPERANDS: usize = 5;

/// The half of [`Row::group`] that means "no digit".
pub const NO_DIGIT: u8 = 8;

/// One way to encode one mnemonic.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The bits of [`flag`].
    pub flags: u32,
    /// The number of the iced code that it was made from.
    pub code: u16,
    /// Opcode, without escape bytes; two bytes with [`flag::OPCODE2`].
    pub opcode: u16,
    /// Rows of [`Kind`]; 0 if there is no operand.
    pub operands: [u8; OPERANDS],
    /// How it is encoded.
    pub encoding: Encoding,
    /// Opcode map: 0 none, 1 0F, 2 0F 38, 3 0F 3A, and as VEX, EVEX and XOP number them.
    pub map: u8,
    /// Mandatory prefix as in VEX.pp: 0 none, 1 66, 2 F3, 3 F2.
    pub prefix: u8,
    /// Vector length: 0 128, 1 256, 2 512.
    pub length: u8,
    /// Low half: `/digit` in ModRM.reg; high half: fixed ModRM.rm; `NO_DIGIT` if there is none.
    pub group: u8,
    /// The first processor that has it.
    pub cpu: Cpu,
    /// Operand size in the low half (1: 16, 2: 32, 3: 64 bits), address size in the high half; 0 is
    /// any.
    pub sizes: u8,
    /// EVEX: log2 of the factor of a disp8 in the low three bits, log2 of the size of a broadcast
    /// element in the next two. The bits above are the factor that NASM uses, see [`Row::scale`].
    pub scale: u8,
}

/// NASM's factor in the high bits of [`Row::scale`]: 4 for the memory and its elements.
pub const FOUR_FOR_ALL: u8 = 7;

impl Row {
    /// Operand size in bytes; 0 if the row has none.
    #[must_use]
    pub const fn operand_size(&self) -> u8 {
        [0, 2, 4, 8][(self.sizes & 3) as usize]
    }

    /// Address size in bytes; 0 if the row takes any.
    #[must_use]
    pub const fn address_size(&self) -> u8 {
        [0, 2, 4, 8][(self.sizes >> 4 & 3) as usize]
    }

    /// EVEX: log2 of the factor of a disp8, and log2 of the factor that NASM 2.16 uses. A
    /// displacement that only one of them divides is encoded in full, by NASM and here.
    #[must_use]
    pub const fn scale(&self, broadcast: bool) -> (u8, u8) {
        let scale = if broadcast { self.element() } else { self.scale & 7 };
        let other = match self.scale >> 5 {
            0 => scale,
            FOUR_FOR_ALL => 2,
            other if broadcast || self.element() == 0 => other,
            _ => scale,
        };
        (scale, other)
    }

    /// EVEX: log2 of the size of a broadcast element.
    #[must_use]
    pub const fn element(&self) -> u8 {
        self.scale >> 3 & 3
    }

    /// The number of operands.
    #[must_use]
    pub fn count(&self) -> usize {
        self.operands.iter().take_while(|&&kind| kind != 0).count()
    }
}

/// The place of a name in the text that all names of a table share.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Offset of its first byte.
    pub start: u16,
    /// Its length in bytes.
    pub length: u8,
}

impl Name {
    /// The name, given the text.
    #[must_use]
    pub fn of(self, names: &str) -> &str {
        let start = usize::from(self.start);
        names.get(start..start + usize::from(self.length)).unwrap_or("")
    }

    /// The bytes of the name, given the text.
    #[must_use]
    pub const fn bytes_of(self, names: &str) -> &[u8] {
        names.as_bytes().split_at(self.start as usize).1.split_at(self.length as usize).0
    }
}

/// One name of an instruction.
#[derive(Clone, Copy, Debug)]
pub struct Mnemonic {
    /// The name in lower case.
    pub name: Name,
    /// Its first row.
    pub first: u16,
    /// The number of its rows.
    pub rows: u16,
    /// A last immediate operand that the name implies (compare predicates), or [`NO_IMMEDIATE`].
    pub immediate: u8,
}

/// [`Mnemonic::immediate`] of a name that implies none.
pub const NO_IMMEDIATE: u8 = 0xFF;
