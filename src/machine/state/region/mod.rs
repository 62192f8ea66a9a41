//! A stretch of the host's memory that guest memory is made of: mapped where the host can do that,
//! so that it takes memory only as it is touched; else allocated. Both have the same interface, that
//! of the crate `vm-memory`, which is for Unix with 64 bits.
//!
//! Knows nothing of guests.

#[cfg(all(unix, target_pointer_width = "64"))]
pub use mapped::{Region, new};
#[cfg(not(all(unix, target_pointer_width = "64")))]
pub use plain::*;
#[cfg(all(unix, target_pointer_width = "64"))]
pub use vm_memory::{ByteValued, Bytes, Le16, VolatileArrayRef, VolatileMemory, VolatileSlice};

#[cfg(any(test, not(all(unix, target_pointer_width = "64"))))]
#[cfg_attr(
    all(unix, target_pointer_width = "64"),
    allow(dead_code, unreachable_pub, reason = "here it is only tested")
)]
mod plain;

#[cfg(all(unix, target_pointer_width = "64"))]
mod mapped {
    use std::io;
    use vm_memory::mmap::{MmapRegion, MmapRegionError};

    /// A mapping.
    pub type Region = MmapRegion;

    /// `length` bytes of zeros.
    ///
    /// # Errors
    /// The host does not give them.
    pub fn new(length: usize) -> io::Result<Region> {
        MmapRegion::new(length).map_err(|error| match error {
            MmapRegionError::Mmap(source) => source,
            other => io::Error::other(other),
        })
    }
}
