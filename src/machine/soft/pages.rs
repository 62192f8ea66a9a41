//! Which RAM holds decoded code, to the byte; and in which contexts code has been decoded.
//!
//! Knows blocks only by number.

use super::access::PAGE;

/// What decides about the meaning of code besides its address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    pub(super) bits: u8,
    pub(super) user: bool,
    pub(super) base: u64,
    pub(super) limit: u64,
}

/// The bytes of a page that are in blocks, and the blocks.
struct Page {
    bytes: [u64; 64],
    blocks: Vec<(u32, u16, u16)>,
}

impl Page {
    fn mark(&mut self, from: u16, to: u16) {
        for at in from..to {
            if let Some(word) = self.bytes.get_mut(usize::from(at / 64)) {
                *word |= 1 << (at % 64);
            }
        }
    }

    fn has(&self, from: u16, to: u16) -> bool {
        (from..to).any(|at| {
            self.bytes.get(usize::from(at / 64)).is_some_and(|word| word >> (at % 64) & 1 != 0)
        })
    }
}

/// Which RAM holds decoded code.
pub(super) struct CodePages {
    /// By page: 0, or one more than its number in `pages`.
    index: Vec<u32>,
    pages: Vec<Page>,
    /// Blocks whose bytes have been written over.
    killed: Vec<u32>,
    contexts: Vec<Context>,
}

impl CodePages {
    pub(super) fn new(ram: u64) -> Self {
        let count = usize::try_from(ram / PAGE).unwrap_or(0);
        let (pages, killed, contexts) = (Vec::new(), Vec::new(), Vec::new());
        Self { index: vec![0; count], pages, killed, contexts }
    }

    /// The number of a context.
    pub(super) fn context(&mut self, context: Context) -> u32 {
        let known = self.contexts.iter().rposition(|&known| known == context);
        let number = known.unwrap_or_else(|| {
            self.contexts.push(context);
            self.contexts.len() - 1
        });
        number as u32
    }

    /// How many contexts there are.
    pub(super) fn context_count(&self) -> usize {
        self.contexts.len()
    }

    /// The blocks whose bytes have been written over since the last call.
    pub(super) fn take_killed(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.killed)
    }

    fn page(&mut self, physical: u64) -> Option<&mut Page> {
        let number = *self.index.get(usize::try_from(physical / PAGE).ok()?)?;
        self.pages.get_mut((number as usize).checked_sub(1)?)
    }

    /// Whether the page at a physical address holds decoded code.
    pub(super) fn has_code(&self, physical: u64) -> bool {
        let page = usize::try_from(physical / PAGE).unwrap_or(usize::MAX);
        self.index.get(page).is_some_and(|&number| number != 0)
    }

    /// Whether bytes of a page are in no block; says no if it is not sure.
    #[inline]
    pub(super) fn is_free(&self, physical: u64, count: u32) -> bool {
        let number = self.index.get((physical / PAGE) as usize).copied().unwrap_or(0);
        let Some(page) = self.pages.get((number as usize).wrapping_sub(1)) else { return false };
        let (within, bit) = ((physical % PAGE) as u32, physical as u32 % 64);
        let mask = ((1u64 << count) - 1) << bit;
        let word = page.bytes.get((within / 64) as usize).copied().unwrap_or(u64::MAX);
        bit + count <= 64 && word & mask == 0
    }

    /// Notes a write; tells whether it was one over code.
    pub(super) fn written(&mut self, physical: u64, count: u64) -> bool {
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
        let mut killed = Vec::new();
        let Some(page) = self.page(at) else { return false };
        if !page.has(from, to) {
            return false;
        }
        page.blocks.retain(|&(block, first, end)| {
            let keep = end <= from || first >= to;
            if !keep {
                killed.push(block);
            }
            keep
        });
        page.bytes = [0; 64];
        for n in 0..page.blocks.len() {
            if let Some(&(_, first, end)) = page.blocks.get(n) {
                page.mark(first, end);
            }
        }
        self.killed.append(&mut killed);
        true
    }

    /// Notes that a block covers some bytes of a page; tells whether the page had none before.
    pub(super) fn add(&mut self, block: u32, physical: u64, count: u64) -> bool {
        let number = usize::try_from(physical / PAGE).unwrap_or(usize::MAX);
        let Some(slot) = self.index.get_mut(number) else { return false };
        let is_new = *slot == 0;
        if is_new {
            self.pages.push(Page { bytes: [0; 64], blocks: Vec::new() });
            *slot = self.pages.len() as u32;
        }
        let from = (physical % PAGE) as u16;
        let to = from + count.min(PAGE - u64::from(from)) as u16;
        if let Some(page) = self.page(physical) {
            page.mark(from, to);
            page.blocks.push((block, from, to));
        }
        is_new
    }

    pub(super) fn clear(&mut self) {
        self.index.fill(0);
        self.pages.clear();
        self.killed.clear();
        self.contexts.clear();
    }
}
