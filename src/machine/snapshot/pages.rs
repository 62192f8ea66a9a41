//! Memory as pages that many snapshots share.
//!
//! A page that was never anything but zeros is not there. The pages are held in groups, so that
//! a snapshot which changes one page has that page, its group, and the list of groups to itself
//! and shares all else with the one it came from. Knows nothing of machines.

use std::sync::Arc;

/// Bytes of a page.
pub const PAGE: usize = 4096;
/// Pages in a group.
const GROUP: usize = 64;

type Page = Arc<[u8; PAGE]>;
type Group = [Option<Page>; GROUP];

/// Contents of a region of memory, from its first address on.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    groups: Vec<Option<Arc<Group>>>,
}

const ZEROS: [u8; PAGE] = [0; PAGE];

impl Pages {
    /// The page with this number; none while it is zeros.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&[u8; PAGE]> {
        let group = self.groups.get(number / GROUP)?.as_ref()?;
        group.get(number % GROUP)?.as_deref()
    }

    /// Sets a page, unless it is so already.
    pub fn set(&mut self, number: usize, bytes: &[u8; PAGE]) {
        if self.get(number).unwrap_or(&ZEROS) == bytes {
            return;
        }
        let index = number / GROUP;
        if self.groups.len() <= index {
            self.groups.resize(index + 1, None);
        }
        if let Some(slot) = self.groups.get_mut(index) {
            let group = slot.get_or_insert_with(|| Arc::new([const { None }; GROUP]));
            if let Some(page) = Arc::make_mut(group).get_mut(number % GROUP) {
                *page = Some(Arc::new(*bytes));
            }
        }
    }

    /// Numbers and contents of the pages that are there.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &[u8; PAGE])> {
        self.groups.iter().enumerate().flat_map(|(i, group)| {
            let pages = group.iter().flat_map(|group| group.iter().enumerate());
            pages.filter_map(move |(j, page)| Some((i * GROUP + j, page.as_deref()?)))
        })
    }

    /// Copies bytes out, from `offset` on; what is not there is zeros.
    pub fn read(&self, offset: usize, bytes: &mut [u8]) {
        let mut at = offset;
        let mut rest = bytes;
        while !rest.is_empty() {
            let within = at % PAGE;
            let count = rest.len().min(PAGE - within);
            let (now, later) = rest.split_at_mut(count);
            let page = self.get(at / PAGE).unwrap_or(&ZEROS);
            now.copy_from_slice(page.get(within..within + count).unwrap_or(&[]));
            (at, rest) = (at + count, later);
        }
    }

    /// Copies bytes in, from `offset` on.
    pub fn write(&mut self, offset: usize, bytes: &[u8]) {
        let mut at = offset;
        let mut rest = bytes;
        while !rest.is_empty() {
            let within = at % PAGE;
            let (now, later) = rest.split_at(rest.len().min(PAGE - within));
            let mut page = *self.get(at / PAGE).unwrap_or(&ZEROS);
            if let Some(place) = page.get_mut(within..within + now.len()) {
                place.copy_from_slice(now);
            }
            self.set(at / PAGE, &page);
            (at, rest) = (at + now.len(), later);
        }
    }

    /// The stretches of bytes that differ, as offset and length. Stretches closer than `gap` bytes
    /// to each other are one.
    #[must_use]
    pub fn differences(&self, other: &Self, gap: usize) -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for number in self.changed_pages(other) {
            let (old, new) =
                (self.get(number).unwrap_or(&ZEROS), other.get(number).unwrap_or(&ZEROS));
            for (i, _) in old.iter().zip(new).enumerate().filter(|(_, (a, b))| a != b) {
                let at = number * PAGE + i;
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

    /// Numbers of the pages that are not shared.
    fn changed_pages(&self, other: &Self) -> Vec<usize> {
        let count = self.groups.len().max(other.groups.len());
        let mut numbers = Vec::new();
        for index in 0..count {
            let (a, b) = (self.group(index), other.group(index));
            if same(a, b) {
                continue;
            }
            let page = |group: Option<&Arc<Group>>, i: usize| group.and_then(|g| g[i].clone());
            for i in 0..GROUP {
                let (old, new) = (page(a, i), page(b, i));
                if !same(old.as_ref(), new.as_ref()) {
                    numbers.push(index * GROUP + i);
                }
            }
        }
        numbers
    }

    fn group(&self, index: usize) -> Option<&Arc<Group>> {
        self.groups.get(index).and_then(Option::as_ref)
    }
}

fn same<T>(a: Option<&Arc<T>>, b: Option<&Arc<T>>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, None) => true,
        _ => false,
    }
}

impl PartialEq for Pages {
    fn eq(&self, other: &Self) -> bool {
        self.changed_pages(other)
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
        first.set(3, &[7; PAGE]);
        let mut second = first.clone();
        let mut page = [7; PAGE];
        page[5] = 8;
        second.set(3, &page);
        second.set(200, &[1; PAGE]);
        assert_eq!(first.get(3), Some(&[7; PAGE]));
        assert_eq!(first.differences(&second, 1), [(3 * PAGE + 5, 1), (200 * PAGE, PAGE)]);
        assert_ne!(first, second);
        let mut back = second.clone();
        back.set(3, &[7; PAGE]);
        back.set(200, &ZEROS);
        assert_eq!(first, back);
    }

    #[test]
    fn near_differences_are_one() {
        let (mut a, mut page) = (Pages::default(), ZEROS);
        (page[0], page[3], page[100]) = (1, 1, 1);
        a.set(0, &page);
        assert_eq!(Pages::default().differences(&a, 4), [(0, 4), (100, 1)]);
        let mut bytes = [9; 6];
        a.read(PAGE - 2, &mut bytes);
        assert_eq!(bytes, [0; 6]);
    }
}
