//! The guest's physical memory: RAM from address 0 up, and the host's own area.
//!
//! Reads and writes are checked against what is there. It knows nothing of segments and paging.

use crate::machine::outcome::HostError;
use crate::machine::state::region::{self, Region, VolatileMemory as _, VolatileSlice};
use std::sync::atomic::{AtomicU64, Ordering};

/// Linear address of the host's area: tables and exception entry points.
pub const HOST_BASE: u64 = 0xFFF0_0000;
/// Its size.
pub const HOST_SIZE: u64 = 0x1_0000;

/// Where the host's area is in physical memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostArea {
    /// There is none.
    None,
    /// At its linear address, so that memory ends where RAM ends.
    Apart,
    /// Behind RAM, where page tables hide it: one piece of memory is made faster than two.
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
    /// RAM, and the host's area where that is behind it.
    ram: Region,
    ram_size: u64,
    /// The host's area where that is apart.
    host: Option<Region>,
    /// Behind the last byte of RAM that the host may have written.
    reached: AtomicU64,
    /// First and behind the last of the bytes that it may have written since somebody asked.
    written: (AtomicU64, AtomicU64),
}

fn reserve(size: u64) -> Result<Region, HostError> {
    let system = |source| HostError::System {
        what: format!("reserving {size} bytes of memory for the guest"),
        help: Some("Give the applet less `memory`.".to_owned()),
        source,
    };
    let length =
        usize::try_from(size).map_err(|_| system(std::io::ErrorKind::OutOfMemory.into()))?;
    region::new(length).map_err(system)
}

impl Memory {
    /// `ram` bytes of zeros, and the host's area. Takes address space; memory itself
    /// is taken page by page as it is touched.
    ///
    /// # Errors
    /// The host does not give it.
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

    /// Physical address of the host's area, where there is one.
    #[must_use]
    pub fn host_address(&self) -> u64 {
        let place = if self.host.is_some() { HostArea::Apart } else { HostArea::Behind };
        place.address(self.ram_size)
    }

    /// Guest-physical address and mapping of each region.
    pub fn regions(&self) -> impl Iterator<Item = (u64, &Region)> {
        std::iter::once((0, &self.ram)).chain(self.host.iter().map(|h| (HOST_BASE, h)))
    }

    /// Behind the last byte of RAM that the host may have written.
    #[must_use]
    pub fn reached(&self) -> u64 {
        self.reached.load(Ordering::Relaxed)
    }

    fn reach(&self, end: u64) {
        self.reached.fetch_max(end, Ordering::Relaxed);
    }

    /// Notes that the host is going to write `length` bytes at physical `address`.
    pub fn note_written(&self, address: u64, length: u64) {
        self.written.0.fetch_min(address, Ordering::Relaxed);
        self.written.1.fetch_max(address.saturating_add(length), Ordering::Relaxed);
    }

    /// The first and behind the last of the bytes that the host may have written since the last
    /// call, if it may have written any.
    pub fn take_written(&self) -> Option<(u64, u64)> {
        if self.written.1.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let start = self.written.0.swap(u64::MAX, Ordering::Relaxed);
        Some((start, self.written.1.swap(0, Ordering::Relaxed)))
    }

    /// `length` bytes at physical `address`, if they are all in RAM.
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

    /// The same, in RAM or in the host's area.
    fn slice(&self, address: u64, length: usize) -> Option<VolatileSlice<'_>> {
        self.regions().find_map(|(base, region)| {
            let offset = usize::try_from(address.checked_sub(base)?).ok()?;
            region.get_slice(offset, length).ok()
        })
    }

    /// Copies bytes out; `None` if they are not all there.
    #[must_use]
    pub fn read(&self, address: u64, bytes: &mut [u8]) -> Option<()> {
        self.slice(address, bytes.len())?.copy_to(bytes);
        Some(())
    }

    /// Copies bytes in; `None` if there is no room for all of them.
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
