//! A second run after a fault, on the software CPU, step by step: it finds the instruction with
//! which execution left the program.
//!
//! A run repeats exactly if its input is known and it has not asked for the time, for unseeded
//! random numbers or for STATUS. If the second run does not end in the same fault, nothing is added.

use super::exit_loop::Observer;
use crate::image::Image;
use crate::machine::backend::Backend;
use crate::machine::config::{BackendChoice, Config, Io};
use crate::machine::fault::{self, Departure};
use crate::machine::outcome::{Fault, HostError, Outcome};
use crate::machine::state::registers::RSP;
use std::collections::HashMap;
use std::time::Duration;

/// The longest second run.
const LONGEST: Duration = Duration::from_millis(700);
/// The most bytes that one instruction pushes.
const PUSHED: u64 = 64;
/// The most places on the stack that are remembered.
const MOST: usize = 1 << 16;

/// Adds to `fault` what a second run with the same input shows.
pub(super) fn explain(image: &Image, config: &Config, input: Vec<u8>, fault: &mut Fault) {
    let is_vague = fault.kind == "triple-fault" && fault.details.is_empty();
    let is_astray = fault.origin.is_none() && !is_code(image, fault.address);
    if !is_vague && !is_astray {
        return;
    }
    let timeout = Some(config.timeout.map_or(LONGEST, |limit| limit.min(LONGEST)));
    let config = Config { backend: BackendChoice::Soft, timeout, ..config.clone() };
    let mut walk = Walk { image, last: None, pushed: HashMap::new(), start: None, left: None };
    let mut io = Io::buffers(input);
    let Ok((report, _)) = super::run_observed(image, &config, &mut io, &mut walk) else { return };
    let Outcome::Faulted(again) = report.outcome else { return };
    if (again.kind, again.address) != (fault.kind, fault.address) {
        return;
    }
    if is_vague {
        (fault.message, fault.help, fault.details) = (again.message, again.help, again.details);
    }
    if is_astray {
        fault.origin = walk.left.and_then(|left| fault::origin(image, &left));
    }
}

/// Whether the program has an instruction at this address.
fn is_code(image: &Image, address: u64) -> bool {
    image.line_at(address).is_some_and(|line| line.is_code)
}

/// Watches where execution goes, and which instruction wrote which word of the stack.
struct Walk<'a> {
    image: &'a Image,
    /// Address and stack pointer before the instruction that runs.
    last: Option<(u64, u64)>,
    pushed: HashMap<u64, u64>,
    /// The first stack pointer.
    start: Option<u64>,
    left: Option<Departure>,
}

impl Observer for Walk<'_> {
    fn is_stepping(&self) -> bool {
        true
    }

    fn begin(&mut self, cpu: &mut dyn Backend) -> Result<(), HostError> {
        let registers = cpu.registers()?;
        let pointer = registers.general[RSP];
        self.start = Some(pointer);
        self.last = Some((fault::address(&registers, &cpu.system()?), pointer));
        Ok(())
    }

    fn step(&mut self, cpu: &mut dyn Backend) -> Result<(), HostError> {
        let registers = cpu.registers()?;
        let (address, pointer) =
            (fault::address(&registers, &cpu.system()?), registers.general[RSP]);
        let Some((from, before)) = self.last.replace((address, pointer)) else { return Ok(()) };
        if (1..=PUSHED).contains(&before.wrapping_sub(pointer)) {
            if self.pushed.len() >= MOST {
                self.pushed.clear();
            }
            self.pushed.insert(pointer, from);
        }
        if is_code(self.image, from) && !is_code(self.image, address) {
            self.left = Some(Departure {
                from,
                is_empty: self.start.is_some_and(|start| before >= start),
                pushed_by: self.pushed.get(&before).copied(),
            });
        }
        Ok(())
    }
}
