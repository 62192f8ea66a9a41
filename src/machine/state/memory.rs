//! The guest's physical memory: RAM from address 0 up, and the host's area. Reads and writes are
//! checked against their sizes.

use crate::machine::outcome::HostError;
use crate::machine::state::region::{self, Region, VolatileMemory as _, VolatileSlice};
use std::sync::atomic::{AtomicU64, Ordering};

/// Linear address of the host's area, which holds descriptor tables, page tables and exception entry
/// points.
pub const HOST_BASE: u64 = 0xFFF0_0000;
/// Size of the host's area in bytes.
pub const HOST_SIZE: u64 = 0x1_0000;

/// The location of the host's area in physical memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostArea {
    /// There is no such area.
    None,
    /// At its linear address, so that an access past RAM is outside memory.
    Apart,
    /// Directly after RAM; page tables map it elsewhere. Creating one region is faster than two.
    Behind,
}

impl HostArea {
    /// Its physical address.
    #[must_use]
    pub const fn address(self, ram: u64) -> u64 {
        match self {
            Self::None | Self::Apart => HOST_BASE,
            Self::Behind => ram,
        }
    }
}

/// The memory of one machine; freed when dropped.
#[derive(Debug)]
pub struct Memory {
    /// RAM, and the host's area if that is directly after it.
    ram: Region,
    ram_size: u64,
    /// The host's area if that is apart.
    host: Option<Region>,
    /// The end of the part of RAM that the host may have written.
    reached: AtomicU64,
    /// Start and end of the bytes that the host may have written since the last
    /// [`take_written`](Self::take_written).
    written: (AtomicU64, AtomicU64),
}

fn reserve(size: u64) -> Result<Region, HostError> {
    let system = |source| {
        HostError::System {
        what: format!("reserving {size} bytes of memory for the guest"),
        help: Some("Give the applet less memory: `memory` in the metadata, `--memory` on the command line.".to_owned()),
        source,
    }
    };
    let length =
        usize::try_from(size).map_err(|_| system(std::io::ErrorKind::OutOfMemory.into()))?;
    region::new(length).map_err(system)
}

impl Memory {
    /// `ram` bytes of zeros, and the host's area. This reserves address space; the system allocates
    /// each page when it is first touched.
    ///
    /// # Errors
    /// [`HostError::System`] if the host has no such amount of memory.
    pub fn new(ram: u64, host: HostArea) -> Result<Self, HostError> {
        let apart = if host == HostArea::Apart { Some(reserve(HOST_SIZE)?) } else { None };
        let behind = if host == HostArea::Behind { HOST_SIZE } else { 0 };
        let reached = AtomicU64::new(0);
        let written = (AtomicU64::new(u64::MAX), AtomicU64::new(0));
        Ok(Self { ram: reserve(ram + behind)?, ram_size: ram, host: apart, reached, written })
    }

    /// Bytes of RAM.
    #[must_use]
    pub fn ram_size(&self) -> u64 {
        self.ram_size
    }

    /// Physical address of the host's area, if there is one.
    #[must_use]
    pub fn host_address(&self) -> u64 {
        let place = if self.host.is_some() { HostArea::Apart } else { HostArea::Behind };
        place.address(self.ram_size)
    }

    /// Each region, with its guest-physical address.
    pub fn regions(&self) -> impl Iterator<Item = (u64, &Region)> {
        std::iter::once((0, &self.ram)).chain(self.host.iter().map(|h| (HOST_BASE, h)))
    }

    /// The end of the part of RAM that the host may have written.
    #[must_use]
    pub fn reached(&self) -> u64 {
        self.reached.load(Ordering::Relaxed)
    }

    fn reach(&self, end: u64) {
        self.reached.fetch_max(end, Ordering::Relaxed);
    }

    /// Records that the host is going to write `length` bytes at physical `address`.
    pub fn note_written(&self, address: u64, length: u64) {
        self.written.0.fetch_min(address, Ordering::Relaxed);
        self.written.1.fetch_max(address.saturating_add(length), Ordering::Relaxed);
    }

    /// Start and end of the bytes that the host may have written since the last call, if there are
    /// any.
    pub fn take_written(&self) -> Option<(u64, u64)> {
        if self.written.1.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let start = self.written.0.swap(u64::MAX, Ordering::Relaxed);
        Some((start, self.written.1.swap(0, Ordering::Relaxed)))
    }

    /// `length` bytes at physical `address`; `None` unless they are all in RAM.
    #[must_use]
    pub fn ram_slice(&self, address: u64, length: u64) -> Option<VolatileSlice<'_>> {
        if address.checked_add(length)? > self.ram_size {
            return None;
        }
        let (offset, count) = (usize::try_from(address).ok()?, usize::try_from(length).ok()?);
        let slice = self.ram.get_slice(offset, count).ok()?;
        self.reach(address + length);
        Some(slice)
    }

    /// `length` bytes at physical `address`, in RAM or in the host's area.
    fn slice(&self, address: u64, length: usize) -> Option<VolatileSlice<'_>> {
        self.regions().find_map(|(base, region)| {
            let offset = usize::try_from(address.checked_sub(base)?).ok()?;
            region.get_slice(offset, length).ok()
        })
    }

    /// Copies bytes out; `None` if some are outside memory.
    #[must_use]
    pub fn read(&self, address: u64, bytes: &mut [u8]) -> Option<()> {
        self.slice(address, bytes.len())?.copy_to(bytes);
        Some(())
    }

    /// Copies bytes in; `None`, and nothing is written, if some are outside memory.
    #[must_use]
    pub fn write(&self, address: u64, bytes: &[u8]) -> Option<()> {
        self.slice(address, bytes.len())?.copy_from(bytes);
        let end = address + bytes.len() as u64;
        if end <= self.ram_size {
            self.reach(end);
        }
        self.note_written(address, bytes.len() as u64);
        Some(())
    }

    /// The little-endian number of 4 or 8 bytes at `address`.
    #[must_use]
    pub fn read_entry(&self, address: u64, width: usize) -> Option<u64> {
        let mut bytes = [0; 8];
        self.read(address, bytes.get_mut(..width)?)?;
        Some(u64::from_le_bytes(bytes))
    }
}
