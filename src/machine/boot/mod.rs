//! The state of the machine at the first instruction, computed as data: registers, and pieces of
//! memory. Each mode has a file; [`tables`] encodes the structures that they share.

mod long;
mod protected;
mod real;
pub mod tables;
#[cfg(test)]
mod tests;

use super::config::Config;
use super::outcome::HostError;
use super::state::memory::{HostArea, Memory};
use super::state::registers::{
    CR0_ET, CR0_MP, CR0_NE, CR4_OSFXSR, CR4_OSXMMEXCPT, RSP, Registers, Segment, System,
};
use crate::image::{Image, Mode};
use std::borrow::Cow;
use stubs::EXCEPTION_STUBS;

/// Code made by `build/stubs.rs`.
#[cfg_attr(
    not(all(target_os = "linux", target_arch = "x86_64")),
    allow(dead_code, reason = "`doctor` probes only where there is KVM")
)]
pub(super) mod stubs {
    include!(concat!(env!("OUT_DIR"), "/stubs.rs"));
}

/// The smallest size of RAM in bytes.
pub const MINIMUM: u64 = 0x1_0000;
/// The greatest size of RAM in bytes: up to the addresses of a PC's interrupt controllers.
pub const MAXIMUM: u64 = 0xFEC0_0000;
/// Bytes of a page. The size of RAM is a whole number of pages.
pub const PAGE: u64 = 0x1000;

/// Reserved bit 1 of the flags register, which is always set.
const FLAGS: u64 = 0x2;
/// CR0 in every mode: x87 is present and its errors are exceptions.
const CR0: u64 = CR0_MP | CR0_ET | CR0_NE;
/// CR4 in every mode: SSE on.
const CR4: u64 = CR4_OSFXSR | CR4_OSXMMEXCPT;

/// Bytes to write to memory before the guest runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Physical address.
    pub address: u64,
    /// The bytes.
    pub bytes: Cow<'static, [u8]>,
}

impl Piece {
    fn new(address: u64, bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        Self { address, bytes: bytes.into() }
    }
}

/// A machine just before its first instruction, without the image.
#[derive(Clone, Debug)]
pub struct Boot {
    /// General registers.
    pub registers: Registers,
    /// Segments, control registers, tables.
    pub system: System,
    /// What the host writes to memory, before the image.
    pub pieces: Vec<Piece>,
    /// Bytes of RAM.
    pub ram: u64,
    /// The location of the host's area.
    pub host: HostArea,
    /// Linear address of the exception entry points.
    pub stubs: u64,
    /// Whether the guest is at ring 3 and cannot access the descriptor and page tables, so that
    /// `system` does not change during the run.
    pub confined: bool,
}

impl Boot {
    /// The state for `image` under `config`.
    ///
    /// # Errors
    /// [`HostError::Config`] if the configuration is invalid, [`HostError::TooLarge`] if the image
    /// does not fit in memory.
    pub fn new(image: &Image, config: &Config) -> Result<Self, HostError> {
        let ram = ram_size(config)?;
        let ring = ring(config)?;
        fits(image, config.mode, ram)?;
        let mut boot = match config.mode {
            Mode::Real => real::boot(image, ram),
            Mode::Protected => protected::boot(image, ram, ring),
            Mode::Long => long::boot(image, ram, ring),
        };
        for (name, value) in &config.registers {
            boot.registers
                .set(config.mode, name, *value)
                .map_err(|what| HostError::Config { what })?;
        }
        Ok(boot)
    }

    /// Writes everything to memory, the image last.
    ///
    /// # Errors
    /// [`HostError::Config`] if a piece does not fit.
    pub fn load(&self, image: &Image, memory: &Memory) -> Result<(), HostError> {
        let pieces = self.pieces.iter().map(|p| (p.address, &*p.bytes));
        for (address, bytes) in pieces.chain([(image.origin, &*image.bytes)]) {
            memory.write(address, bytes).ok_or_else(|| {
                config_error(format!("{} bytes at {address:#x} do not fit in memory", bytes.len()))
            })?;
        }
        Ok(())
    }

    /// The vector whose entry point is the `hlt` that ends at linear address `behind`.
    #[must_use]
    pub fn vector_behind(&self, behind: u64) -> Option<u8> {
        u8::try_from(behind.checked_sub(1)?.checked_sub(self.stubs)?).ok()
    }
}

fn config_error(what: String) -> HostError {
    HostError::Config { what }
}

/// Bytes of RAM, a whole number of pages.
///
/// # Errors
/// [`HostError::Config`] if the size is out of range.
pub fn ram_size(config: &Config) -> Result<u64, HostError> {
    let default = match config.mode {
        Mode::Real => 0x11_0000,
        Mode::Protected | Mode::Long => 0x100_0000,
    };
    let size = config.memory.unwrap_or(default);
    if !(MINIMUM..=MAXIMUM).contains(&size) {
        return Err(config_error(format!(
            "a machine cannot have {size} bytes of memory: the range is {} KiB to {} MiB",
            MINIMUM >> 10,
            MAXIMUM >> 20
        )));
    }
    Ok(size.next_multiple_of(PAGE))
}

/// Whether the processor itself runs such a guest on every host with KVM: long mode at ring 3.
#[must_use]
pub fn is_native(config: &Config) -> bool {
    config.mode == Mode::Long && config.ring != Some(0)
}

/// Privilege level at the first instruction.
///
/// # Errors
/// [`HostError::Config`] if the mode does not have the requested level.
pub fn ring(config: &Config) -> Result<u8, HostError> {
    match (config.mode, config.ring) {
        (Mode::Long, None) => Ok(3),
        (Mode::Real | Mode::Protected, None) => Ok(0),
        (Mode::Protected | Mode::Long, Some(ring @ (0 | 3))) | (Mode::Real, Some(ring @ 0)) => {
            Ok(ring)
        }
        (Mode::Real, Some(ring)) => {
            Err(config_error(format!("real mode has no ring {ring}: remove `ring`")))
        }
        (_, Some(ring)) => Err(config_error(format!("ring is 0 or 3, not {ring}"))),
    }
}

/// Checks that the image fits in memory at its load address.
fn fits(image: &Image, mode: Mode, ram: u64) -> Result<(), HostError> {
    let length = image.bytes.len() as u64;
    let origin = image.origin;
    if mode == Mode::Real && origin > 0xFFFF {
        return Err(config_error(format!(
            "real mode starts with CS = 0, so an image must be loaded below 0x10000, not at {origin:#x}"
        )));
    }
    if origin.checked_add(length).is_none_or(|end| end > ram) || origin >= ram {
        return Err(HostError::TooLarge { length, origin, ram });
    }
    Ok(())
}

/// General registers: all 0 except the instruction and stack pointers.
fn registers(image: &Image, stack: u64) -> Registers {
    let mut general = [0; 16];
    general[RSP] = stack;
    Registers { general, ip: image.origin, flags: FLAGS }
}

/// The system state of protected and long mode, and its tables in the host's area, whose physical
/// address is `base`. Both modes have the same selectors, a task that allows every port, and an
/// entry point for each exception.
fn host_system(ring: u8, long: bool, base: u64) -> (System, Vec<Piece>) {
    let descriptors = tables::descriptors(long);
    let (code, data) =
        if ring == 0 { (tables::CODE_0, tables::DATA_0) } else { (tables::CODE_3, tables::DATA_3) };
    let segment = |selector| tables::segment(&descriptors, selector);
    let data = segment(data);
    let system = System {
        cs: segment(code),
        ds: data,
        es: data,
        fs: data,
        gs: data,
        ss: data,
        tr: segment(tables::TASK),
        ldt: Segment { kind: 2, ..Segment::default() },
        gdt: tables::at(tables::GDT, tables::GDT_LENGTH),
        idt: tables::at(tables::IDT, 256 * if long { 16 } else { 8 }),
        cr4: CR4,
        ..System::default()
    };
    let pieces = vec![
        Piece::new(base + tables::GDT, tables::gdt_bytes(&descriptors)),
        Piece::new(base + tables::STUBS, EXCEPTION_STUBS),
        Piece::new(base + tables::TSS, tables::task_state(long)),
        Piece::new(base + tables::IDT, tables::idt(long)),
    ];
    (system, pieces)
}
