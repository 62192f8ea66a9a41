//! All of a CPU's state in one piece: to go from one implementation of the CPU to another.
//!
//! Plain data; knows nobody who has such a state.

pub mod extended;
pub mod memory;
pub mod paging;
pub mod region;
pub mod registers;

use extended::Extended;
use registers::{Registers, System};

/// The model-specific registers that a guest may have set (SDM volume 4), but for those that
/// [`System`] holds: EFER and the bases of fs and gs. What a processor may lack comes last.
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

/// What privileged code has and [`System`] does not hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Special {
    /// The values of [`MSRS`]; none for a register that this CPU does not have.
    pub msrs: [Option<u64>; MSRS.len()],
    /// `dr0` to `dr7`; 4 and 5 are 0.
    pub debug: [u64; 8],
    /// CR8.
    pub cr8: u64,
    /// The time stamp counter. It goes on by itself, so a CPU whose time is the host's does not
    /// take it over.
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
    /// The rest.
    pub special: Special,
}
