//! Moves bytes between a file and guest memory: directly on 64-bit Unix, elsewhere through a buffer.

use crate::machine::state::region::VolatileSlice;
use std::fs::File;
use std::io;

#[cfg(all(unix, target_pointer_width = "64"))]
fn io_error(error: vm_memory::VolatileMemoryError) -> io::Error {
    match error {
        vm_memory::VolatileMemoryError::IOError(error) => error,
        other => io::Error::other(other),
    }
}

/// Reads into guest memory, as read(2).
#[cfg(all(unix, target_pointer_width = "64"))]
pub(super) fn read(mut file: &File, piece: &mut VolatileSlice<'_>) -> io::Result<usize> {
    use vm_memory::ReadVolatile as _;
    file.read_volatile(piece).map_err(io_error)
}

/// Writes guest memory, starting at offset `from`, as write(2).
#[cfg(all(unix, target_pointer_width = "64"))]
pub(super) fn write(mut file: &File, piece: &VolatileSlice<'_>, from: usize) -> io::Result<usize> {
    use vm_memory::WriteVolatile as _;
    let rest = piece.offset(from).map_err(io::Error::other)?;
    file.write_volatile(&rest).map_err(io_error)
}

/// The most bytes that are moved at once.
#[cfg(not(all(unix, target_pointer_width = "64")))]
const MOST: usize = 64 << 10;

/// Reads into guest memory, as read(2).
#[cfg(not(all(unix, target_pointer_width = "64")))]
pub(super) fn read(mut file: &File, piece: &mut VolatileSlice<'_>) -> io::Result<usize> {
    use std::io::Read as _;
    let mut bytes = vec![0; piece.len().min(MOST)];
    let count = file.read(&mut bytes)?;
    piece.copy_from(bytes.get(..count).unwrap_or_default());
    Ok(count)
}

/// Writes guest memory, starting at offset `from`, as write(2).
#[cfg(not(all(unix, target_pointer_width = "64")))]
pub(super) fn write(mut file: &File, piece: &VolatileSlice<'_>, from: usize) -> io::Result<usize> {
    use std::io::Write as _;
    let rest = piece.offset(from)?;
    let mut bytes = vec![0; rest.len().min(MOST)];
    rest.copy_to(&mut bytes);
    file.write(&bytes)
}
