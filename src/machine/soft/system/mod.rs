//! System instructions: interrupts, far transfers, tasks, control registers, model-specific
//! registers, ports, CPUID.

pub(crate) mod control;
mod cpuid;
pub(crate) mod far;
pub(crate) mod instructions;
pub(crate) mod interrupt;
mod iret;
mod msr;
pub(crate) mod port;
mod task;
