//! Memory as blocks that many snapshots share.
//!
//! A block that was never anything but zeros is not there. The blocks hang in a tree of three
//! levels, so that a snapshot which changes one block has that block and the way to it to itself,
//! about a kilobyte, and shares all else with the one it came from. Knows nothing of machines.

use std::sync::Arc;

/// Bytes of a block. Small, since a session keeps what each of its entries changed.
const BLOCK: usize = 512;
/// Blocks in a group, and groups in a region.
const FAN: usize = 32;

type Block = [u8; BLOCK];
type Group = [Option<Arc<Block>>; FAN];
type Region = [Option<Arc<Group>>; FAN];

/// Contents of a stretch of memory, from its first address on.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    regions: Vec<Option<Arc<Region>>>,
}

const ZEROS: Block = [0; BLOCK];

/// Where in the tree a block hangs.
const fn way(number: usize) -> (usize, usize, usize) {
    (number / (FAN * FAN), number / FAN % FAN, number % FAN)
}

impl Pages {
    /// The block with this number; none while it is zeros.
    fn get(&self, number: usize) -> Option<&Block> {
        let (region, group, block) = way(number);
        let region = self.regions.get(region)?.as_ref()?;
        let group = region.get(group)?.as_ref()?;
        group.get(block)?.as_deref()
    }

    /// Sets a block, unless it is so already.
    fn set(&mut self, number: usize, bytes: &Block) {
        if self.get(number).unwrap_or(&ZEROS) == bytes {
            return;
        }
        let (region, group, block) = way(number);
        if self.regions.len() <= region {
            self.regions.resize(region + 1, None);
        }
        let Some(region) = self.regions.get_mut(region) else { return };
        let Some(group) = own(region).get_mut(group) else { return };
        if let Some(block) = own(group).get_mut(block) {
            *block = Some(Arc::new(*bytes));
        }
    }

    /// Offsets and contents of the blocks that are there.
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

    /// Copies bytes out, from `offset` on; what is not there is zeros.
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

    /// The stretches of bytes that differ, as offset and length. Stretches closer than `gap` bytes
    /// to each other are one.
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

/// The members of a node, to be changed: a copy of its own if others share it.
fn own<T>(slot: &mut Option<Arc<[Option<Arc<T>>; FAN]>>) -> &mut [Option<Arc<T>>; FAN] {
    Arc::make_mut(slot.get_or_insert_with(|| Arc::new([const { None }; FAN])))
}

/// The members of a node.
fn members<T>(node: Option<&Arc<[Option<Arc<T>>; FAN]>>) -> &[Option<Arc<T>>] {
    node.map_or(&[], |node| node.as_slice())
}

/// Two nodes at the same place in two trees, with the number of that place.
type Pair<'a, T> = (usize, Option<&'a Arc<T>>, Option<&'a Arc<T>>);

/// What is not the same node in both lists.
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
