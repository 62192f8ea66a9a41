//! Memory as blocks that snapshots share.
//!
//! Blocks of zeros that were never written are not stored. The blocks are the leaves of a tree of three
//! levels. A snapshot that changes one block has its own copy of that block and of the nodes above it,
//! about a kilobyte, and shares the rest with the snapshot that it was made from.

use std::sync::Arc;

/// Bytes of a block. It is small because a session keeps the changes of each of its entries.
const BLOCK: usize = 512;
/// Blocks in a group, and groups in a region.
const FAN: usize = 32;

type Block = [u8; BLOCK];
type Group = [Option<Arc<Block>>; FAN];
type Region = [Option<Arc<Group>>; FAN];

/// The contents of a region of memory.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    regions: Vec<Option<Arc<Region>>>,
}

const ZEROS: Block = [0; BLOCK];

/// The path of a block in the tree: its indices in the three levels.
const fn path(number: usize) -> (usize, usize, usize) {
    (number / (FAN * FAN), number / FAN % FAN, number % FAN)
}

impl Pages {
    /// The block with this number; `None` if it is not stored.
    fn get(&self, number: usize) -> Option<&Block> {
        let (region, group, block) = path(number);
        let region = self.regions.get(region)?.as_ref()?;
        let group = region.get(group)?.as_ref()?;
        group.get(block)?.as_deref()
    }

    /// Sets a block, unless it is equal already.
    fn set(&mut self, number: usize, bytes: &Block) {
        if self.get(number).unwrap_or(&ZEROS) == bytes {
            return;
        }
        let (region, group, block) = path(number);
        if self.regions.len() <= region {
            self.regions.resize(region + 1, None);
        }
        let Some(region) = self.regions.get_mut(region) else { return };
        let Some(group) = own(region).get_mut(group) else { return };
        if let Some(block) = own(group).get_mut(block) {
            *block = Some(Arc::new(*bytes));
        }
    }

    /// Offsets and contents of the stored blocks.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let groups = self.regions.iter().enumerate().flat_map(|(i, region)| {
            let groups = region.iter().flat_map(|region| region.iter().enumerate());
            groups.map(move |(j, group)| (i * FAN + j, group))
        });
        groups.flat_map(|(i, group)| {
            let blocks = group.iter().flat_map(|group| group.iter().enumerate());
            blocks.filter_map(move |(j, block)| {
                Some(((i * FAN + j) * BLOCK, block.as_deref()?.as_slice()))
            })
        })
    }

    /// Copies bytes out, from `offset` on. Blocks that are not stored are zeros.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) {
        let mut at = offset;
        let mut rest = bytes;
        while !rest.is_empty() {
            let within = at % BLOCK;
            let count = rest.len().min(BLOCK - within);
            let (now, later) = rest.split_at_mut(count);
            let block = self.get(at / BLOCK).unwrap_or(&ZEROS);
            now.copy_from_slice(block.get(within..within + count).unwrap_or(&[]));
            (at, rest) = (at + count, later);
        }
    }

    /// Copies bytes in, from `offset` on.
    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        let mut at = offset;
        let mut rest = bytes;
        while !rest.is_empty() {
            let within = at % BLOCK;
            let (now, later) = rest.split_at(rest.len().min(BLOCK - within));
            let mut block = *self.get(at / BLOCK).unwrap_or(&ZEROS);
            if let Some(place) = block.get_mut(within..within + now.len()) {
                place.copy_from_slice(now);
            }
            self.set(at / BLOCK, &block);
            (at, rest) = (at + now.len(), later);
        }
    }

    /// The ranges of bytes that differ, as offset and length. Ranges closer than `gap` bytes to each
    /// other are joined.
    #[must_use]
    pub fn differences(&self, other: &Self, gap: usize) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for number in self.changed_blocks(other) {
            let (old, new) =
                (self.get(number).unwrap_or(&ZEROS), other.get(number).unwrap_or(&ZEROS));
            for (i, _) in old.iter().zip(new).enumerate().filter(|(_, (a, b))| a != b) {
                let at = number * BLOCK + i;
                match found.last_mut() {
                    Some((start, length)) if at < *start + *length + gap => {
                        *length = at + 1 - *start;
                    }
                    _ => found.push((at, 1)),
                }
            }
        }
        found
    }

    /// Numbers of the blocks that are not shared.
    fn changed_blocks(&self, other: &Self) -> Vec<usize> {
        let mut numbers = Vec::new();
        for (i, a, b) in unshared(&self.regions, &other.regions) {
            for (j, a, b) in unshared(members(a), members(b)) {
                let blocks = unshared(members(a), members(b));
                numbers.extend(blocks.map(|(k, ..)| (i * FAN + j) * FAN + k));
            }
        }
        numbers
    }
}

/// The mutable members of a node. A shared node is copied first.
fn own<T>(slot: &mut Option<Arc<[Option<Arc<T>>; FAN]>>) -> &mut [Option<Arc<T>>; FAN] {
    Arc::make_mut(slot.get_or_insert_with(|| Arc::new([const { None }; FAN])))
}

/// The members of a node.
fn members<T>(node: Option<&Arc<[Option<Arc<T>>; FAN]>>) -> &[Option<Arc<T>>] {
    node.map_or(&[], |node| node.as_slice())
}

/// The nodes with the same index in two trees, and that index.
type Pair<'a, T> = (usize, Option<&'a Arc<T>>, Option<&'a Arc<T>>);

/// The pairs of nodes that are not shared between both lists.
fn unshared<'a, T>(
    a: &'a [Option<Arc<T>>],
    b: &'a [Option<Arc<T>>],
) -> impl Iterator<Item = Pair<'a, T>> {
    fn at<T>(list: &[Option<Arc<T>>], i: usize) -> Option<&Arc<T>> {
        list.get(i).and_then(Option::as_ref)
    }
    let pairs = (0..a.len().max(b.len())).map(|i| (i, at(a, i), at(b, i)));
    pairs.filter(|(_, a, b)| match (a, b) {
        (Some(a), Some(b)) => !Arc::ptr_eq(a, b),
        (None, None) => false,
        _ => true,
    })
}

impl PartialEq for Pages {
    fn eq(&self, other: &Self) -> bool {
        self.changed_blocks(other)
            .into_iter()
            .all(|number| self.get(number).unwrap_or(&ZEROS) == other.get(number).unwrap_or(&ZEROS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_leaves_the_other_snapshot_alone() {
        let mut first = Pages::default();
        first.set(3, &[7; BLOCK]);
        let mut second = first.clone();
        let mut block = [7; BLOCK];
        block[5] = 8;
        second.set(3, &block);
        second.set(200, &[1; BLOCK]);
        assert_eq!(first.get(3), Some(&[7; BLOCK]));
        assert_eq!(first.differences(&second, 1), [(3 * BLOCK + 5, 1), (200 * BLOCK, BLOCK)]);
        assert_ne!(first, second);
        let mut back = second.clone();
        back.set(3, &[7; BLOCK]);
        back.set(200, &ZEROS);
        assert_eq!(first, back);
    }

    #[test]
    fn near_differences_are_one() {
        let (mut a, mut block) = (Pages::default(), ZEROS);
        (block[0], block[3], block[100]) = (1, 1, 1);
        a.set(0, &block);
        assert_eq!(Pages::default().differences(&a, 4), [(0, 4), (100, 1)]);
        let mut bytes = [9; 6];
        a.read(BLOCK - 2, &mut bytes);
        assert_eq!(bytes, [0; 6]);
    }
}
