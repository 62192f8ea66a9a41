//! Debug registers (SDM volume 3, chapter 18): breakpoints on instructions, data and ports.
//!
//! While a breakpoint is enabled, instructions run one at a time.

use super::cpu::Cpu;
use crate::machine::state::registers::CR4_DE;

/// The bits of DR6 that are always set.
pub(crate) const DR6_FIXED: u64 = 0xFFFF_0FF0;
/// The bit of DR7 that is always set.
pub(crate) const DR7_FIXED: u64 = 0x400;
/// DR7.GD: access to debug registers is a debug exception.
pub(crate) const DR7_GD: u64 = 1 << 13;
/// DR6.BD: that has happened.
pub(crate) const DR6_BD: u64 = 1 << 13;
/// DR6.BS: a single step.
pub(crate) const DR6_BS: u64 = 1 << 14;
/// DR6.BT: a switch to a task with the T flag set.
pub(crate) const DR6_BT: u64 = 1 << 15;
/// DR7.L0 to L3 and LE: what a task switch turns off.
pub(crate) const DR7_LOCAL: u64 = 0x155;

/// R/W field of DR7: on execution, on writes, at ports, on reads and writes.
const EXECUTE: u64 = 0;
const WRITE: u64 = 1;
const PORT: u64 = 2;
const ACCESS: u64 = 3;

impl Cpu<'_> {
    /// Whether any breakpoint is on.
    pub(crate) fn has_breakpoints(&self) -> bool {
        self.debug[7] & 0xFF != 0
    }

    /// Number, kind, address and length of the breakpoints that are on.
    fn breakpoints(&self) -> impl Iterator<Item = (u32, u64, u64, u64)> {
        let control = self.debug[7];
        let addresses = [self.debug[0], self.debug[1], self.debug[2], self.debug[3]];
        (0..4).zip(addresses).filter_map(move |(n, address)| {
            let field = control >> (16 + 4 * n) & 15;
            let length = match field >> 2 {
                0 => 1,
                1 => 2,
                2 => 8,
                _ => 4,
            };
            let is_on = control >> (2 * n) & 3 != 0;
            is_on.then_some((n, field & 3, address & !(length - 1), length))
        })
    }

    /// The breakpoints at the instruction at a linear address, as in DR6.
    pub(crate) fn breakpoint_at(&self, linear: u64) -> u64 {
        self.breakpoints()
            .filter(|&(_, kind, address, _)| kind == EXECUTE && address == linear)
            .fold(0, |hits, (n, ..)| hits | 1 << n)
    }

    /// Records the breakpoints that a memory access hits.
    pub(crate) fn watch(&mut self, linear: u64, count: u32, write: bool) {
        if self.has_breakpoints() {
            let kinds = if write { [ACCESS, WRITE] } else { [ACCESS; 2] };
            self.note_hits(kinds, linear, count.into());
        }
    }

    /// Records the breakpoints that a port access hits.
    pub(crate) fn watch_port(&mut self, port: u64, count: u64) {
        if self.has_breakpoints() && self.system.cr4 & CR4_DE != 0 {
            self.note_hits([PORT; 2], port, count);
        }
    }

    fn note_hits(&mut self, kinds: [u64; 2], start: u64, count: u64) {
        let end = start.wrapping_add(count);
        let hits = self
            .breakpoints()
            .filter(|&(_, kind, address, length)| {
                kinds.contains(&kind) && start < address.wrapping_add(length) && address < end
            })
            .fold(0, |hits, (n, ..)| hits | 1 << n);
        self.hits |= hits;
    }
}
