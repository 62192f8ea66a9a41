//! The state of a machine without a CPU: registers and memory.
//!
//! [`registers`] and [`extended`] are the CPU's registers, [`memory`] is physical memory, made of
//! [`region`]s, and [`paging`] translates linear addresses. [`CpuState`] is all of a CPU's state, to
//! move a guest from one backend to another.

pub mod extended;
pub mod memory;
pub mod paging;
pub mod region;
pub mod registers;

use extended::Extended;
use registers::{Registers, System};

/// The model-specific registers that a guest may set (SDM volume 4), except those in [`System`]:
/// EFER and the bases of fs and gs. Registers that a processor may not have come last.
pub const MSRS: [u32; 11] = [
    0x174,       // IA32_SYSENTER_CS
    0x175,       // IA32_SYSENTER_ESP
    0x176,       // IA32_SYSENTER_EIP
    0x277,       // IA32_PAT
    0x1A0,       // IA32_MISC_ENABLE
    0xC000_0081, // IA32_STAR
    0xC000_0082, // IA32_LSTAR
    0xC000_0083, // IA32_CSTAR
    0xC000_0084, // IA32_FMASK
    0xC000_0102, // IA32_KERNEL_GS_BASE
    0xC000_0103, // IA32_TSC_AUX
];

/// The state of privileged code that is not in [`System`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Special {
    /// The values of [`MSRS`]; `None` for a register that this CPU does not have.
    pub msrs: [Option<u64>; MSRS.len()],
    /// `dr0` to `dr7`; 4 and 5 are 0.
    pub debug: [u64; 8],
    /// CR8.
    pub cr8: u64,
    /// The time stamp counter. A CPU that uses the host's counter ignores this value.
    pub time_stamp: u64,
}

/// All of a CPU's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpuState {
    /// General registers, instruction pointer, flags.
    pub registers: Registers,
    /// Segments, control registers, tables.
    pub system: System,
    /// x87, SSE and AVX registers.
    pub extended: Extended,
    /// Model-specific and debug registers, CR8 and the time stamp counter.
    pub special: Special,
}
