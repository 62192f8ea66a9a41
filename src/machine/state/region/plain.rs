//! Allocated memory, with the part of `vm-memory`'s interface that this crate uses. It is not `Sync`.

use std::cell::Cell;
use std::io;
use std::marker::PhantomData;

/// The access is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

impl From<Missing> for io::Error {
    fn from(_: Missing) -> Self {
        io::ErrorKind::UnexpectedEof.into()
    }
}

/// An allocation.
#[derive(Debug)]
pub struct Region(Box<[Cell<u8>]>);

/// `length` bytes of zeros.
///
/// # Errors
/// The allocation failed.
pub fn new(length: usize) -> io::Result<Region> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length).map_err(io::Error::other)?;
    bytes.resize(length, Cell::new(0));
    Ok(Region(bytes.into_boxed_slice()))
}

impl Region {
    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }
}

/// A slice of a region.
#[derive(Clone, Copy, Debug)]
pub struct VolatileSlice<'a>(&'a [Cell<u8>]);

impl<'a> VolatileSlice<'a> {
    /// Size in bytes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether the size is 0.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `count` bytes from `offset` on.
    ///
    /// # Errors
    /// [`Missing`] if it is shorter.
    pub fn subslice(&self, offset: usize, count: usize) -> Result<Self, Missing> {
        let end = offset.checked_add(count).ok_or(Missing)?;
        self.0.get(offset..end).map(Self).ok_or(Missing)
    }

    /// The bytes from index `count` on.
    ///
    /// # Errors
    /// [`Missing`] if it is shorter.
    pub fn offset(&self, count: usize) -> Result<Self, Missing> {
        self.0.get(count..).map(Self).ok_or(Missing)
    }

    /// Copies bytes in, as many as fit.
    pub fn copy_from(&self, bytes: &[u8]) {
        for (to, &from) in self.0.iter().zip(bytes) {
            to.set(from);
        }
    }

    /// Copies bytes out, as many as fit.
    pub fn copy_to(&self, bytes: &mut [u8]) {
        for (to, from) in bytes.iter_mut().zip(self.0) {
            *to = from.get();
        }
    }

    /// Copies bytes to another piece, as many as fit.
    pub fn copy_to_volatile_slice(&self, other: VolatileSlice<'_>) {
        let mut bytes = vec![0; self.len().min(other.len())];
        self.copy_to(&mut bytes);
        other.copy_from(&bytes);
    }
}

/// Access to single bytes.
pub trait Bytes {
    /// The byte at an offset.
    ///
    /// # Errors
    /// [`Missing`] if the offset is out of bounds.
    fn read_obj(&self, at: usize) -> Result<u8, Missing>;
}

impl Bytes for VolatileSlice<'_> {
    fn read_obj(&self, at: usize) -> Result<u8, Missing> {
        self.0.get(at).map(Cell::get).ok_or(Missing)
    }
}

/// Memory that can be sliced.
pub trait VolatileMemory {
    /// All of it.
    fn as_volatile_slice(&self) -> VolatileSlice<'_>;

    /// Size in bytes.
    fn len(&self) -> usize {
        self.as_volatile_slice().len()
    }

    /// Whether the size is 0.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `count` bytes from `offset` on.
    ///
    /// # Errors
    /// [`Missing`] if it is shorter.
    fn get_slice(&self, offset: usize, count: usize) -> Result<VolatileSlice<'_>, Missing> {
        self.as_volatile_slice().subslice(offset, count)
    }

    /// `count` words from `offset` on.
    ///
    /// # Errors
    /// [`Missing`] if it is shorter.
    fn get_array_ref<T: ByteValued>(
        &self,
        offset: usize,
        count: usize,
    ) -> Result<VolatileArrayRef<'_, T>, Missing> {
        let length = count.checked_mul(size_of::<T>()).ok_or(Missing)?;
        let VolatileSlice(cells) = self.get_slice(offset, length)?;
        Ok(VolatileArrayRef { cells, word: PhantomData })
    }
}

impl VolatileMemory for Region {
    fn as_volatile_slice(&self) -> VolatileSlice<'_> {
        VolatileSlice(&self.0)
    }
}

impl VolatileMemory for VolatileSlice<'_> {
    fn as_volatile_slice(&self) -> VolatileSlice<'_> {
        *self
    }
}

/// A word.
pub trait ByteValued: Copy {
    /// From memory.
    fn load(cells: &[Cell<u8>]) -> Self;
    /// To memory.
    fn store(self, cells: &[Cell<u8>]);
}

macro_rules! words {
    ($($word:ty)*) => {$(
        impl ByteValued for $word {
            fn load(cells: &[Cell<u8>]) -> Self {
                let mut bytes = [0; size_of::<Self>()];
                VolatileSlice(cells).copy_to(&mut bytes);
                Self::from_ne_bytes(bytes)
            }

            fn store(self, cells: &[Cell<u8>]) {
                VolatileSlice(cells).copy_from(&self.to_ne_bytes());
            }
        }
    )*};
}

words!(u8 u16 u32 u64 u128 i8 i16 i32 i64);

/// A word of 16 bits, the low byte first.
#[derive(Clone, Copy, Debug)]
pub struct Le16(u16);

impl Le16 {
    /// As a number.
    #[must_use]
    pub const fn to_native(self) -> u16 {
        self.0
    }
}

impl ByteValued for Le16 {
    fn load(cells: &[Cell<u8>]) -> Self {
        Self(u16::from_le(u16::load(cells)))
    }

    fn store(self, cells: &[Cell<u8>]) {
        self.0.to_le().store(cells);
    }
}

/// An array of words.
#[derive(Clone, Copy, Debug)]
pub struct VolatileArrayRef<'a, T> {
    cells: &'a [Cell<u8>],
    word: PhantomData<T>,
}

impl<'a, T: ByteValued> VolatileArrayRef<'a, T> {
    /// How many.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cells.len() / size_of::<T>()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The word at an index. Out of bounds, it refers to no bytes.
    #[must_use]
    pub fn ref_at(&self, index: usize) -> VolatileRef<'a, T> {
        let start = index.saturating_mul(size_of::<T>());
        let cells = self.cells.get(start..start.saturating_add(size_of::<T>()));
        VolatileRef { cells: cells.unwrap_or_default(), word: PhantomData }
    }
}

/// A reference to a word.
#[derive(Clone, Copy, Debug)]
pub struct VolatileRef<'a, T> {
    cells: &'a [Cell<u8>],
    word: PhantomData<T>,
}

impl<T: ByteValued> VolatileRef<'_, T> {
    /// The word.
    #[must_use]
    pub fn load(&self) -> T {
        T::load(self.cells)
    }

    /// Sets it.
    pub fn store(&self, value: T) {
        value.store(self.cells);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_bytes_at_any_address() {
        let region = new(10).unwrap();
        assert_eq!((region.size(), region.len()), (10, 10));
        let all = region.as_volatile_slice();
        all.copy_from(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let words = region.get_array_ref::<u32>(1, 2).unwrap();
        assert_eq!(words.len(), 2);
        assert_eq!(words.ref_at(1).load(), u32::from_ne_bytes([6, 7, 8, 9]));
        words.ref_at(0).store(u32::from_ne_bytes([0; 4]));
        region.get_array_ref::<Le16>(8, 1).unwrap().ref_at(0).store(Le16(0x0201));
        assert_eq!(
            region.get_array_ref::<Le16>(8, 1).unwrap().ref_at(0).load().to_native(),
            0x0201
        );
        let mut bytes = [0; 10];
        all.copy_to(&mut bytes);
        assert_eq!(bytes, [1, 0, 0, 0, 0, 6, 7, 8, 1, 2]);
        assert_eq!(all.read_obj(5), Ok(6));
    }

    #[test]
    fn what_is_not_there_is_said() {
        let region = new(4).unwrap();
        let all = region.as_volatile_slice();
        assert!(region.get_slice(0, 4).is_ok() && region.get_slice(4, 0).is_ok());
        assert!(region.get_slice(1, 4).is_err() && region.get_slice(usize::MAX, 2).is_err());
        assert!(region.get_array_ref::<u64>(0, 1).is_err());
        assert!(region.get_array_ref::<u64>(0, usize::MAX).is_err());
        assert!(all.offset(5).is_err() && all.offset(4).unwrap().is_empty());
        assert_eq!(all.read_obj(4), Err(Missing));
    }

    #[test]
    fn a_copy_may_overlap() {
        let region = new(6).unwrap();
        let all = region.as_volatile_slice();
        all.copy_from(&[1, 2, 3, 4, 5, 6]);
        let (from, to) = (all.subslice(0, 4).unwrap(), all.subslice(2, 4).unwrap());
        from.copy_to_volatile_slice(to);
        let mut bytes = [0; 6];
        all.copy_to(&mut bytes);
        assert_eq!(bytes, [1, 2, 1, 2, 3, 4]);
    }
}
