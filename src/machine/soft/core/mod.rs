//! The state of the CPU, how it reaches memory, and what an instruction is.
//!
//! | file | holds |
//! |---|---|
//! | `cpu`, `fpu`, `flags`, `msr`, `debug`, `port` | the state |
//! | `exception` | vectors, and how an instruction raises one |
//! | `op`, `extension`, `operand` | decoded instructions, the extensions there are, operands of any width |
//! | `ram`, `access`, `paging`, `segment` | memory: physical, by segment, by page tables |
//! | `pages` | which RAM holds decoded code |

pub(crate) mod access;
pub(crate) mod cpu;
pub(crate) mod debug;
pub(crate) mod exception;
pub(crate) mod extension;
pub(crate) mod flags;
pub(crate) mod fpu;
pub(crate) mod msr;
pub(crate) mod op;
pub(crate) mod operand;
pub(crate) mod pages;
mod paging;
pub(crate) mod port;
mod ram;
pub(crate) mod segment;
