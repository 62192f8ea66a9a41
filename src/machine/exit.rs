//! Why a CPU stopped running the guest, as a value.
//!
//! Knows nothing of what is to be done about it.

/// One access to a port: `count` items of `width` bytes each, in the backend's port buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PortAccess {
    /// The port.
    pub port: u16,
    /// 1, 2 or 4.
    pub width: u8,
    /// 1, or more for `rep ins` and `rep outs`.
    pub count: u32,
}

/// Why the guest left the CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// `in` or `ins`: the port buffer is to be filled.
    PortIn(PortAccess),
    /// `out` or `outs`: the port buffer holds the data.
    PortOut(PortAccess),
    /// `hlt`; the instruction pointer is behind it.
    Halt,
    /// Somebody kicked the CPU so that limits are looked at.
    Kicked,
    /// An access to physical memory that is not there.
    Outside {
        /// Physical address.
        address: u64,
        /// Whether it was a write.
        write: bool,
    },
    /// Three exceptions, each while the last was being delivered.
    TripleFault,
    /// The hardware refused the state of the CPU.
    FailedEntry {
        /// The hardware's reason.
        reason: u64,
    },
    /// The backend gave up on an instruction.
    InternalError {
        /// Which kind of failure; 1 is an instruction that it cannot emulate.
        suberror: u32,
    },
    /// The backend does not have the instruction at the instruction pointer.
    Unimplemented,
    /// A single step or breakpoint.
    Debug,
    /// An exit that no applet should cause.
    Unexpected {
        /// The exit's name in the backend's interface.
        name: &'static str,
        /// Its number there.
        number: u32,
    },
}
