//! Detects whether this host's KVM runs ring 0 on the processor or emulates it. The test is a guest
//! with interrupt handlers, which KVM's emulation does not support.

use crate::image::{Image, Mode};
use crate::machine::backend::Backend as _;
use crate::machine::backend::Exit;
use crate::machine::boot::{Boot, stubs};
use crate::machine::config::Config;
use crate::machine::kvm;
use crate::machine::limits::TICK;
use crate::machine::outcome::HostError;
use crate::machine::state::memory::Memory;
use std::sync::OnceLock;

/// Whether KVM emulates ring 0; tested once. False if the test fails.
pub(in crate::machine) fn is_emulated() -> bool {
    static EMULATED: OnceLock<bool> = OnceLock::new();
    *EMULATED.get_or_init(|| stops().unwrap_or(false))
}

/// Whether the guest stops at an instruction that KVM does not implement.
fn stops() -> Result<bool, HostError> {
    let mode = Mode::Protected;
    let bytes = stubs::PROBE_INTERRUPT_32.to_vec();
    let image =
        Image { bytes, origin: mode.default_origin(), bits: mode.bits(), ..Image::default() };
    let boot = Boot::new(&image, &Config::new(mode))?;
    let memory = Memory::new(boot.ram, boot.host)?;
    let mut machine = kvm::Machine::new(&memory, TICK)?;
    boot.load(&image, &memory)?;
    machine.set_system(&boot.system)?;
    machine.set_registers(&boot.registers)?;
    loop {
        match machine.run()? {
            Exit::Kicked => {}
            exit => return Ok(matches!(exit, Exit::InternalError { .. })),
        }
    }
}
