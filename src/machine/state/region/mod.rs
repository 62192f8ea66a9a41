//! A region of host memory that holds guest memory.
//!
//! On 64-bit Unix it is a mapping from the crate `vm-memory`, and pages are allocated when they are
//! first touched. Elsewhere it is an ordinary allocation with the same interface.

#[cfg(all(unix, target_pointer_width = "64"))]
pub use mapped::{Region, new};
#[cfg(not(all(unix, target_pointer_width = "64")))]
pub use plain::*;
#[cfg(all(unix, target_pointer_width = "64"))]
pub use vm_memory::{ByteValued, Bytes, Le16, VolatileArrayRef, VolatileMemory, VolatileSlice};

#[cfg(any(test, not(all(unix, target_pointer_width = "64"))))]
#[cfg_attr(
    all(unix, target_pointer_width = "64"),
    allow(dead_code, unreachable_pub, reason = "only the tests use it on this host")
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
    /// The mapping failed.
    pub fn new(length: usize) -> io::Result<Region> {
        MmapRegion::new(length).map_err(|error| match error {
            MmapRegionError::Mmap(source) => source,
            other => io::Error::other(other),
        })
    }
}
