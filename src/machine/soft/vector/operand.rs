//! Operands of 8 to 256 bits: registers of MMX, SSE and AVX, memory, and whether they may be used.
//!
//! **The seam.** A family's `handler` calls [`describe`], which puts the operands into the roles
//! that most instructions have, and says the rest in `Op::kind`. Its handler calls [`Cpu::may_use`]
//! first, then [`Cpu::last`] (the operand that may be in memory), then [`Cpu::first`], and sets the
//! result with [`Cpu::put`]; or it stores it with [`Cpu::store_vector`]. `Op::code` is the family's
//! own.
//!
//! | in the `Op` | after [`describe`] |
//! |---|---|
//! | `dst` | register that is written |
//! | `src` | first source: the same as `dst` where the instruction has two operands |
//! | `third` | last source, unless `memory` is 2 |
//! | `fourth` | the fourth register; of a gather, the vector of indices |
//! | `width` | bytes of the widest vector: 8, 16 or 32 |
//! | `kind` | [`VEX`], [`ALIGNED`], [`MMX`], and the size of the memory operand |
//!
//! A code of a register says with [`MM`] that it is one of MMX, so a handler need not know.

use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::exception::{MF, NM};
use crate::machine::soft::core::op::{Flow, Op, OperandKind, Stop, operand_kind, register_code};
use crate::machine::state::registers::{CR0_EM, CR0_TS, CR4_OSFXSR, CR4_OSXSAVE};
use iced_x86::{EncodingKind, Instruction, Mnemonic};

/// In `Op::kind`: the form with a VEX prefix, which clears the rest of the register.
pub(crate) const VEX: u8 = 0x80;
/// In `Op::kind`: a memory operand that is not aligned to its size is #GP(0).
pub(crate) const ALIGNED: u8 = 0x40;
/// In `Op::kind`: an operand is a register of MMX.
pub(crate) const MMX: u8 = 0x20;
/// In `Op::kind`: the binary logarithm of the bytes of the memory operand.
const SIZE: u8 = 0x0F;

/// In the code of a register: one of MMX.
pub(crate) const MM: u8 = 0x20;

/// Bits of XCR0 for SSE and AVX.
const XCR0_AVX: u64 = 6;
/// The bit of the x87 status word that says that an exception is pending.
const STATUS_ES: u16 = 0x80;
/// TOP in the x87 status word.
const STATUS_TOP: u16 = 7 << 11;

/// A value of up to 256 bits; what is not used is 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Vector(pub(crate) [u64; 4]);

impl Vector {
    /// Element `n` of `bits` (8 to 64).
    #[inline(always)]
    pub(crate) fn get(&self, n: usize, bits: u32) -> u64 {
        let at = n * bits as usize;
        let word = self.0[(at / 64) & 3] >> (at % 64);
        if bits == 64 { word } else { word & ((1 << bits) - 1) }
    }

    /// The same as a signed number.
    pub(crate) fn signed(&self, n: usize, bits: u32) -> i64 {
        let free = 64 - bits;
        (self.get(n, bits) << free) as i64 >> free
    }

    /// Sets element `n` of `bits`.
    #[inline(always)]
    pub(crate) fn set(&mut self, n: usize, bits: u32, value: u64) {
        let at = n * bits as usize;
        let mask = u64::MAX >> (64 - bits);
        let word = &mut self.0[(at / 64) & 3];
        *word = *word & !(mask << (at % 64)) | (value & mask) << (at % 64);
    }

    /// The 128 bits that are number 0 or 1.
    pub(crate) fn lane(&self, n: usize) -> u128 {
        u128::from(self.0[(2 * n) & 3]) | u128::from(self.0[(2 * n + 1) & 3]) << 64
    }

    /// Sets them.
    pub(crate) fn set_lane(&mut self, n: usize, value: u128) {
        self.0[(2 * n) & 3] = value as u64;
        self.0[(2 * n + 1) & 3] = (value >> 64) as u64;
    }
}

/// Instructions without VEX whose 16 bytes may be anywhere.
const ANYWHERE: [Mnemonic; 10] = [
    Mnemonic::Movups,
    Mnemonic::Movupd,
    Mnemonic::Movdqu,
    Mnemonic::Lddqu,
    Mnemonic::Pcmpestri,
    Mnemonic::Pcmpestri64,
    Mnemonic::Pcmpestrm,
    Mnemonic::Pcmpestrm64,
    Mnemonic::Pcmpistri,
    Mnemonic::Pcmpistrm,
];

/// Instructions with VEX whose operand must be aligned.
const STRICT: [Mnemonic; 7] = [
    Mnemonic::Vmovaps,
    Mnemonic::Vmovapd,
    Mnemonic::Vmovdqa,
    Mnemonic::Vmovntps,
    Mnemonic::Vmovntpd,
    Mnemonic::Vmovntdq,
    Mnemonic::Vmovntdqa,
];

/// Says in the operation what its handler has to know of the operands, see above.
pub(crate) fn describe(i: &Instruction, op: &mut Op) {
    let is_vex = i.encoding() == EncodingKind::VEX;
    let size = i.memory_size().size();
    let is_strict = match is_vex {
        true => STRICT.contains(&i.mnemonic()),
        false => size == 16 && !ANYWHERE.contains(&i.mnemonic()),
    };
    op.kind = size.trailing_zeros() as u8 & SIZE;
    op.kind |= if is_vex { VEX } else { 0 } | if is_strict { ALIGNED } else { 0 };
    op.width = 0;
    let mut last = 0;
    for n in 0..i.op_count() {
        match operand_kind(i, n) {
            OperandKind::Register => {
                let register = i.op_register(n);
                let code = register_code(register);
                if register.is_mm() {
                    op.kind |= MMX;
                    op.set_register(n, code | MM);
                }
                if register.is_vector_register() || register.is_mm() {
                    op.width = op.width.max(register.size() as u8);
                }
                last = n;
            }
            OperandKind::Memory => last = n,
            _ => {}
        }
    }
    let index = i.memory_index();
    if index.is_vector_register() {
        op.fourth = register_code(index);
    }
    if last == 0 {
        (op.third, op.src) = (op.dst, op.dst);
    }
    if last == 1 {
        (op.third, op.src) = (op.src, op.dst);
        op.memory = if op.memory == 1 { 2 } else { op.memory };
    }
}

impl Cpu<'_> {
    /// #UD or #NM where the system has not turned the instruction on (SDM volume 3, 2.5 and 13.1);
    /// #MF for an MMX instruction while an exception of the x87 is pending.
    #[inline(always)]
    pub(crate) fn may_use(&mut self, op: &Op) -> Flow {
        let needed = if op.kind & VEX != 0 { CR4_OSXSAVE } else { CR4_OSFXSR };
        let is_easy = self.system.cr0 & (CR0_EM | CR0_TS) == 0
            && self.system.cr4 & needed != 0
            && op.kind & (VEX | MMX) == 0;
        if is_easy { Ok(()) } else { self.may_use_slowly(op) }
    }

    #[inline(never)]
    fn may_use_slowly(&mut self, op: &Op) -> Flow {
        let (cr0, cr4) = (self.system.cr0, self.system.cr4);
        let is_on = if op.kind & VEX != 0 {
            self.is_protected() && cr4 & CR4_OSXSAVE != 0 && self.fpu.xcr0 & XCR0_AVX == XCR0_AVX
        } else {
            cr0 & CR0_EM == 0 && (op.width == 8 || cr4 & CR4_OSFXSR != 0)
        };
        if !is_on {
            return Err(self.undefined());
        }
        if cr0 & CR0_TS != 0 {
            return Err(self.raise(NM));
        }
        if op.kind & MMX != 0 && self.fpu.status & STATUS_ES != 0 {
            return Err(self.raise(MF));
        }
        Ok(())
    }

    /// The x87 registers become those of MMX: all in use, the top is 0 (SDM volume 1, 9.5).
    pub(crate) fn enter_mmx(&mut self) {
        self.fpu.tags = 0xFF;
        self.clear_top();
    }

    /// The top of the x87's stack is 0.
    pub(crate) fn clear_top(&mut self) {
        self.fpu.status &= !STATUS_TOP;
    }

    /// The value of a register.
    pub(crate) fn vector(&self, op: &Op, code: u8) -> Vector {
        if code & MM != 0 {
            return Vector([self.fpu.st[usize::from(code & 7)].significand, 0, 0, 0]);
        }
        let mut value = self.fpu.ymm[usize::from(code & 15)];
        if op.width <= 16 {
            (value[2], value[3]) = (0, 0);
        }
        Vector(value)
    }

    /// The first source.
    pub(crate) fn first(&self, op: &Op) -> Vector {
        self.vector(op, op.src)
    }

    /// The last source: a register, or memory of the size of the operand.
    pub(crate) fn last(&mut self, op: &Op) -> Result<Vector, Stop> {
        if op.memory == 2 { self.load_vector(op) } else { Ok(self.vector(op, op.third)) }
    }

    /// Sets the register that is written, in the way of MMX, of SSE or of AVX.
    pub(crate) fn put(&mut self, op: &Op, value: &Vector) {
        if op.dst & MM != 0 {
            self.enter_mmx();
            let register = &mut self.fpu.st[usize::from(op.dst & 7)];
            (register.significand, register.exponent) = (value.0[0], 0xFFFF);
            return;
        }
        let register = &mut self.fpu.ymm[usize::from(op.dst & 15)];
        (register[0], register[1]) = (value.0[0], value.0[1]);
        if op.kind & VEX != 0 {
            let is_wide = op.width == 32;
            register[2] = if is_wide { value.0[2] } else { 0 };
            register[3] = if is_wide { value.0[3] } else { 0 };
        }
    }

    /// Reads the memory operand, whatever its size.
    pub(crate) fn load_vector(&mut self, op: &Op) -> Result<Vector, Stop> {
        let offset = self.offset(op);
        self.read_vector(op, offset)
    }

    /// Writes it.
    pub(crate) fn store_vector(&mut self, op: &Op, value: &Vector) -> Flow {
        let offset = self.offset(op);
        self.write_vector(op, offset, value)
    }

    /// Reads as many bytes as the memory operand has.
    #[inline(always)]
    fn read_vector(&mut self, op: &Op, offset: u64) -> Result<Vector, Stop> {
        let bytes = 1 << (op.kind & SIZE);
        if bytes >= 16
            && let Some(linear) = self.reach(op.seg & 7, offset, bytes)
            && (op.kind & ALIGNED == 0 || linear % bytes == 0)
            && let Some(at) = self.directly(linear, false, bytes)
            && let Some(value) = self.load_words(at, bytes)
        {
            return Ok(value);
        }
        self.read_vector_slowly(op, offset)
    }

    fn load_words(&self, at: u64, bytes: u64) -> Option<Vector> {
        let mut value = Vector::default();
        let low = self.ram.load_wide(at)?;
        (value.0[0], value.0[1]) = (low as u64, (low >> 64) as u64);
        if bytes == 32 {
            let high = self.ram.load_wide(at.wrapping_add(16))?;
            (value.0[2], value.0[3]) = (high as u64, (high >> 64) as u64);
        }
        Some(value)
    }

    #[inline(never)]
    fn read_vector_slowly(&mut self, op: &Op, offset: u64) -> Result<Vector, Stop> {
        let bytes = 1u8 << (op.kind & SIZE);
        let mut value = Vector::default();
        if bytes <= 8 {
            value.0[0] = self.read_by(op.seg, offset, bytes * 8)?;
            return Ok(value);
        }
        let linear = self.wide(op, offset, false)?;
        for (n, word) in (0..u64::from(bytes / 8)).zip(&mut value.0) {
            *word = self.read_linear(linear.wrapping_add(8 * n) & self.linear_mask, 8)?;
        }
        Ok(value)
    }

    /// Writes as many bytes as the memory operand has: all or nothing.
    #[inline(always)]
    fn write_vector(&mut self, op: &Op, offset: u64, value: &Vector) -> Flow {
        let bytes = 1 << (op.kind & SIZE);
        if bytes >= 16
            && let Some(linear) = self.reach(op.seg & 7 | 8, offset, bytes)
            && (op.kind & ALIGNED == 0 || linear % bytes == 0)
            && let Some(at) = self.directly(linear, true, bytes)
            && self.store_words(at, bytes, value).is_some()
        {
            return Ok(());
        }
        self.write_vector_slowly(op, offset, value)
    }

    fn store_words(&self, at: u64, bytes: u64, value: &Vector) -> Option<()> {
        let pair = |n: usize| u128::from(value.0[n]) | u128::from(value.0[n + 1]) << 64;
        if bytes == 32 {
            self.ram.store_wide(at.wrapping_add(16), pair(2))?;
        }
        self.ram.store_wide(at, pair(0))
    }

    #[inline(never)]
    fn write_vector_slowly(&mut self, op: &Op, offset: u64, value: &Vector) -> Flow {
        let bytes = 1u8 << (op.kind & SIZE);
        if bytes <= 8 {
            return self.write_by(op.seg, offset, bytes * 8, value.0[0]);
        }
        let linear = self.wide(op, offset, true)?;
        self.may_write(linear, bytes.into())?;
        // The end first: if it is outside of memory, nothing is written.
        for n in (0..u64::from(bytes / 8)).rev() {
            let word = value.0[n as usize & 3];
            self.write_linear(linear.wrapping_add(8 * n) & self.linear_mask, 8, word)?;
        }
        Ok(())
    }

    /// The linear address of a wide operand, if segment and alignment allow the access.
    fn wide(&mut self, op: &Op, offset: u64, write: bool) -> Result<u64, Stop> {
        let bytes = 1u32 << (op.kind & SIZE);
        // Alignment comes first: no #SS for what is not aligned.
        let start = self.views[usize::from(op.seg & 7)].base.wrapping_add(offset);
        if op.kind & ALIGNED != 0 && !start.is_multiple_of(bytes.into()) {
            return Err(self.protection());
        }
        let linear = self.linear(op.seg, offset, bytes, write)?;
        self.watch(linear, bytes, write);
        Ok(linear)
    }
}
