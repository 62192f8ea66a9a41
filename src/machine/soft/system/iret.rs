//! `iret` (SDM volume 2, IRET), and the steps that it shares with far returns.
//!
//! A return to another task is in `task`.

use super::far::undoing;
use crate::image::Bits;
use crate::machine::soft::core::access::is_canonical;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::exception::{GP, NP, SS};
use crate::machine::soft::core::flags::{self, cut_by};
use crate::machine::soft::core::op::{Flow, Op, Stop};
use crate::machine::soft::core::segment;
use crate::machine::soft::core::segment::{CONFORMING_OR_DOWN, index, is_null};
use crate::machine::state::registers::{RSP, Segment};

/// `width` is that of the words on the stack.
pub(crate) fn iret(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    undoing(cpu, |cpu| if cpu.is_protected() { protected(cpu, op) } else { real(cpu, op.width) })
}

fn real(cpu: &mut Cpu<'_>, bits: u8) -> Flow {
    cpu.sensitive()?;
    let ip = cpu.pop_by(bits)?;
    let selector = cpu.pop_selector(bits)?;
    let flags = cpu.pop_by(bits)?;
    if ip > u64::from(cpu.system.cs.limit) {
        return Err(cpu.protection());
    }
    cpu.real_code_segment(selector);
    cpu.change_flags(flags, bits);
    cpu.ip = ip;
    Ok(())
}

fn protected(cpu: &mut Cpu<'_>, op: &Op) -> Flow {
    let bits = op.width;
    if cpu.other_flags & flags::NT != 0 {
        // In long mode there are no tasks to return to.
        return if cpu.is_long() {
            Err(cpu.protection())
        } else {
            cpu.switch_back(cpu.next_ip(op))
        };
    }
    // The last one is read first.
    cpu.touch_stack(bits, 2, bits)?;
    cpu.touch_stack(bits, 1, 16)?;
    let ip = cpu.pop_by(bits)?;
    let selector = cpu.pop_selector(bits)?;
    let value = cpu.pop_by(bits)?;
    let cpl = cpu.cpl;
    if value & flags::VM != 0 && bits == 32 && cpl == 0 && !cpu.is_long() {
        return to_8086(cpu, ip, selector, value);
    }
    let level = (selector & 3) as u8;
    let code = cpu.return_segment(selector)?;
    let from_64 = cpu.bits == Bits::Bits64;
    if level > cpl || from_64 {
        cpu.touch_stack(bits, 1, 16)?;
        let pointer = cpu.pop_by(bits)?;
        let stack = cpu.pop_selector(bits)?;
        let stack = cpu.return_stack(stack, level, &code)?;
        cpu.return_to(code, ip)?;
        restore_flags(cpu, value, bits, cpl);
        cpu.system.ss = stack;
        cpu.set_code_segment(code, level);
        cpu.set_stack_pointer(pointer);
        if level > cpl {
            cpu.drop_privileged_segments();
        }
    } else {
        cpu.return_to(code, ip)?;
        restore_flags(cpu, value, bits, cpl);
        cpu.set_code_segment(code, level);
    }
    cpu.ip = ip;
    Ok(())
}

/// To virtual-8086 mode, whose segments are on the stack too.
fn to_8086(cpu: &mut Cpu<'_>, ip: u64, code: u16, value: u64) -> Flow {
    let pointer = cpu.pop::<32>()?;
    let mut words = [0; 5];
    for word in &mut words {
        *word = cpu.pop::<32>()? as u16;
    }
    if ip > 0xFFFF {
        return Err(cpu.protection());
    }
    let [ss, es, ds, fs, gs] = words;
    cpu.set_flags(value);
    cpu.segments_of_8086([es, code, ss, ds, fs, gs]);
    cpu.mode_changed();
    (cpu.r[RSP], cpu.ip) = (pointer, ip);
    Ok(())
}

/// The privilege that counts for the flags is the one before the return.
fn restore_flags(cpu: &mut Cpu<'_>, value: u64, bits: u8, cpl: u8) {
    let mut allowed = flags::ARITHMETIC | flags::TF | flags::DF | flags::NT | flags::AC | flags::ID;
    // The next instruction clears RF, and without breakpoints it means nothing until then.
    if cpu.has_breakpoints() {
        allowed |= flags::RF;
    }
    if cpl <= cpu.iopl() {
        allowed |= flags::IF;
    }
    if cpl == 0 {
        allowed |= flags::IOPL | flags::VIF | flags::VIP;
    }
    let allowed = cut_by(allowed, bits);
    let flags = cpu.flags() & !allowed | value & allowed;
    cpu.set_flags(flags);
}

impl Cpu<'_> {
    /// Reads bits of word `n` of the stack for the sake of the faults that this may raise.
    pub(crate) fn touch_stack(&mut self, width: u8, n: u64, bits: u8) -> Flow {
        let at = self.stack_pointer().wrapping_add(n * u64::from(width / 8)) & self.stack_mask;
        self.read_by(segment::SS, at, bits).map(|_| ())
    }

    /// Takes a selector: of however wide a word, only 16 bits are read.
    pub(crate) fn pop_selector(&mut self, width: u8) -> Result<u16, Stop> {
        let at = self.stack_pointer();
        let selector = self.read::<16>(segment::SS, at)?;
        self.set_stack_pointer(at.wrapping_add(u64::from(width / 8)));
        Ok(selector as u16)
    }

    /// The code segment to return to, checked (SDM volume 3, 5.8.6).
    pub(crate) fn return_segment(&mut self, selector: u16) -> Result<Segment, Stop> {
        if is_null(selector) {
            return Err(self.protection());
        }
        let segment = self.descriptor(selector, GP)?;
        let level = (selector & 3) as u8;
        let conforming = segment.kind & CONFORMING_OR_DOWN != 0;
        let fits = if conforming { segment.dpl <= level } else { segment.dpl == level };
        let confused = self.is_long() && segment.long && segment.big;
        if !segment.is_code() || level < self.cpl || !fits || confused {
            return Err(self.raise_with(GP, index(selector)));
        }
        if !segment.present {
            return Err(self.raise_with(NP, index(selector)));
        }
        self.mark_accessed(selector, segment)
    }

    /// #GP unless there may be code at an offset of a segment.
    pub(crate) fn return_to(&mut self, code: Segment, ip: u64) -> Flow {
        let is_good =
            if self.is_long() && code.long { is_canonical(ip) } else { ip <= code.limit.into() };
        if is_good { Ok(()) } else { Err(self.protection()) }
    }

    /// The stack segment of the ring that is returned to.
    pub(crate) fn return_stack(
        &mut self,
        selector: u16,
        level: u8,
        code: &Segment,
    ) -> Result<Segment, Stop> {
        if is_null(selector) {
            let is_64 = self.is_long() && code.long;
            if is_64 && level < 3 && (selector & 3) as u8 == level {
                return Ok(Segment { selector, dpl: level, ..Segment::default() });
            }
            return Err(self.protection());
        }
        let stack = self.descriptor(selector, GP)?;
        let is_writable = stack.code_or_data
            && stack.kind & (segment::IS_CODE | segment::READ_OR_WRITE) == segment::READ_OR_WRITE;
        if (selector & 3) as u8 != level || stack.dpl != level || !is_writable {
            return Err(self.raise_with(GP, index(selector)));
        }
        if !stack.present {
            return Err(self.raise_with(SS, index(selector)));
        }
        self.mark_accessed(selector, stack)
    }
}
