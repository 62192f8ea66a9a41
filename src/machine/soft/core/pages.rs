//! Which bytes of RAM hold decoded code, and in which contexts code has been decoded.
//!
//! Blocks are known here by number only.

use super::access::PAGE;
use super::cpu::Cpu;
use crate::image::Bits;

/// Everything but the address that determines what code means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    pub(crate) bits: Bits,
    pub(crate) user: bool,
    pub(crate) base: u64,
    pub(crate) limit: u64,
}

/// The blocks of a page, with the first byte of each there, and what is behind its last.
struct Page {
    blocks: Vec<(u32, u16, u16)>,
}

/// Words of a page's map. Each tells of 16 bytes, the next of 16 from the middle of those on, so
/// that there is always one which tells of 8 bytes in a row.
const WORDS: usize = PAGE as usize / 8;

/// Which RAM holds decoded code.
pub(crate) struct CodePages {
    /// By page: 0, or one more than its number in `pages`.
    index: Vec<u32>,
    pages: Vec<Page>,
    /// Which bytes are in blocks: the map of a page without any, which is for all of those, and
    /// then the others' as in `pages`.
    maps: Vec<u16>,
    /// Blocks whose bytes have been written over.
    killed: Vec<u32>,
    contexts: Vec<Context>,
}

impl CodePages {
    pub(crate) fn new(ram: u64) -> Self {
        // RAM is mapped into this process, so its size fits in a `usize`.
        let count = (ram / PAGE) as usize;
        let (pages, killed, contexts) = (Vec::new(), Vec::new(), Vec::new());
        Self { index: vec![0; count], pages, maps: vec![0; WORDS], killed, contexts }
    }

    /// The number of a context.
    pub(crate) fn context(&mut self, context: Context) -> u32 {
        let known = self.contexts.iter().rposition(|&known| known == context);
        let number = known.unwrap_or_else(|| {
            self.contexts.push(context);
            self.contexts.len() - 1
        });
        number as u32
    }

    /// How many contexts there are.
    pub(crate) fn context_count(&self) -> usize {
        self.contexts.len()
    }

    /// The blocks whose bytes have been written over since the last call.
    pub(crate) fn take_killed(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.killed)
    }

    /// The number of the page in `pages`, if it has code.
    fn page(&self, physical: u64) -> Option<usize> {
        let number = *self.index.get(usize::try_from(physical / PAGE).ok()?)?;
        (number as usize).checked_sub(1)
    }

    /// Where the map of a page is.
    pub(crate) fn map_of(&self, physical: u64) -> u64 {
        self.page(physical).map_or(0, |number| (number + 1) * WORDS) as u64
    }

    /// Whether an operand in a page is in no block, given where the page's map is.
    #[inline(always)]
    pub(crate) fn is_clear<const BITS: u32>(&self, map: u64, physical: u64) -> bool {
        let word = self.maps.get((map + physical % PAGE / 8) as usize).copied().unwrap_or(u16::MAX);
        u32::from(word) >> (physical % 8) & ((1 << (BITS / 8)) - 1) == 0
    }

    /// Whether bytes of a page are in no block.
    #[inline(never)]
    pub(crate) fn is_free(&self, physical: u64, count: u64) -> bool {
        let map = self.map_of(physical);
        (physical..physical.saturating_add(count)).all(|at| self.is_clear::<8>(map, at))
    }

    /// Enters bytes of a page in its map.
    fn mark(&mut self, number: usize, from: u16, to: u16) {
        let start = (number + 1) * WORDS;
        let Some(map) = self.maps.get_mut(start..start + WORDS) else { return };
        for at in from..to {
            let (word, bit) = (usize::from(at / 8), at % 8);
            if let Some(here) = map.get_mut(word) {
                *here |= 1 << bit;
            }
            if let Some(before) = word.checked_sub(1).and_then(|n| map.get_mut(n)) {
                *before |= 1 << (bit + 8);
            }
        }
    }

    /// Records a write, and returns whether it overwrote code.
    pub(crate) fn written(&mut self, physical: u64, count: u64) -> bool {
        let mut killed = false;
        if self.pages.is_empty() {
            return false;
        }
        let mut at = physical;
        let end = physical.saturating_add(count).min(self.index.len() as u64 * PAGE);
        while at < end {
            let here = (PAGE - at % PAGE).min(end - at);
            let from = (at % PAGE) as u16;
            killed |= self.written_in_page(at, from, from + here as u16);
            at += here;
        }
        killed
    }

    fn written_in_page(&mut self, at: u64, from: u16, to: u16) -> bool {
        let Some(number) = self.page(at) else { return false };
        if self.is_free(at, (to - from).into()) {
            return false;
        }
        let Some(page) = self.pages.get_mut(number) else { return false };
        let killed = &mut self.killed;
        page.blocks.retain(|&(block, first, end)| {
            let keep = end <= from || first >= to;
            if !keep {
                killed.push(block);
            }
            keep
        });
        let start = (number + 1) * WORDS;
        if let Some(map) = self.maps.get_mut(start..start + WORDS) {
            map.fill(0);
        }
        for n in 0.. {
            let block = self.pages.get(number).and_then(|page| page.blocks.get(n));
            let Some(&(_, first, end)) = block else { break };
            self.mark(number, first, end);
        }
        true
    }

    /// Notes that a block covers some bytes of a page; gives where the page's map is if the page
    /// had none before.
    pub(crate) fn add(&mut self, block: u32, physical: u64, count: u64) -> Option<u64> {
        let slot = self.index.get_mut(usize::try_from(physical / PAGE).ok()?)?;
        let is_new = *slot == 0;
        if is_new {
            self.pages.push(Page { blocks: Vec::new() });
            self.maps.resize((self.pages.len() + 1) * WORDS, 0);
            *slot = self.pages.len() as u32;
        }
        let from = (physical % PAGE) as u16;
        let to = from + count.min(PAGE - u64::from(from)) as u16;
        let number = self.page(physical)?;
        self.pages.get_mut(number)?.blocks.push((block, from, to));
        self.mark(number, from, to);
        is_new.then(|| self.map_of(physical))
    }

    pub(crate) fn clear(&mut self) {
        self.index.fill(0);
        self.pages.clear();
        self.maps.truncate(WORDS);
        self.killed.clear();
        self.contexts.clear();
    }
}

impl Cpu<'_> {
    /// Brings the stamp up to date: a link counts only under the stamp with which it was made.
    pub(crate) fn set_stamp(&mut self) {
        self.stamp = u64::from(self.epoch) << 32 | u64::from(self.context);
    }

    /// Starts a new epoch: memory may be elsewhere, or hold other code.
    pub(crate) fn new_epoch(&mut self) {
        self.epoch = self.epoch.wrapping_add(1).max(1);
        self.set_stamp();
    }

    /// What is decoded may be stale.
    pub(crate) fn code_changed(&mut self) {
        self.stale = true;
        self.look_at = 0;
    }
}
