//! The state of a processor before and behind a case, and the memory that both sides have.
//!
//! Sixteen pages at [`BASE`], some of them not mapped, and a few segments over them. All of it is
//! data: it is sent to the native side, and made into tables for the other. Knows neither of them.

use applet::internal::machine::state::registers::Segment;

/// Linear address of the memory: above what the host keeps to itself, below 4 GiB.
pub(crate) const BASE: u64 = 0x10_0000;
/// Bytes of a page.
pub(crate) const PAGE: usize = 4096;
/// Pages of the memory.
pub(crate) const PAGES: usize = 16;
/// Bytes of the memory.
pub(crate) const SIZE: usize = PAGE * PAGES;

/// What a page may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    None,
    Read,
    Write,
    Execute,
}

/// The pages. Code and data lie next to pages that are not there, so that both ends are met.
pub(crate) const ACCESS: [Access; PAGES] = {
    use Access::{Execute as X, None as N, Read as R, Write as W};
    [N, X, X, N, W, W, R, N, W, W, N, W, N, N, N, W]
};

/// Offsets of the pages that each use has.
pub(crate) const CODE: std::ops::Range<u64> = 0x1000..0x3000;
pub(crate) const DATA: std::ops::Range<u64> = 0x4000..0x6000;
pub(crate) const STACK: std::ops::Range<u64> = 0x8000..0xA000;

/// What the code pages are filled with: `int3`, at which a case ends.
pub(crate) const FILL: u8 = 0xCC;

/// Selectors of the flat segments at ring 3, as Linux numbers them.
pub(crate) const CODE_32: u16 = 0x23;
pub(crate) const FLAT: u16 = 0x2B;
pub(crate) const CODE_64: u16 = 0x33;

/// A segment of the local table: base and greatest offset, type (SDM volume 3, 3.4.5.1), D/B.
pub(crate) struct Local {
    pub(crate) base: u64,
    pub(crate) limit: u32,
    pub(crate) kind: u8,
    pub(crate) big: bool,
    pub(crate) granular: bool,
    pub(crate) present: bool,
}

const fn local(limit: u32, kind: u8, big: bool) -> Local {
    Local { base: BASE, limit, kind, big, granular: false, present: true }
}

/// The local descriptors, in the order of their selectors.
pub(crate) const LOCAL: [Local; 11] = [
    // Code of 16 and 32 bits; data, also with an end between two pages and within one.
    local(0xFFFF, 11, false),
    local(0xFFFF, 11, true),
    local(0xFFFF, 3, false),
    local(0xFFFF, 3, true),
    local(0x57FA, 3, false),
    // Expand-down: what lies above the limit.
    local(0x4805, 7, false),
    local(0x4805, 7, true),
    // Read-only, execute-only.
    local(0xFFFF, 1, true),
    local(0xFFFF, 9, true),
    // Not present; counted in pages.
    Local { present: false, ..local(0xFFFF, 3, true) },
    Local { base: 0, granular: true, ..local(0xFFFF_FFFF, 3, true) },
];

/// The selector of a local descriptor.
pub(crate) const fn local_selector(n: usize) -> u16 {
    (n << 3 | 7) as u16
}

/// Some of them by what they are for.
pub(crate) const CODE_16: u16 = local_selector(0);
pub(crate) const CODE_32_BASED: u16 = local_selector(1);
pub(crate) const DATA_16: u16 = local_selector(2);
pub(crate) const DATA_32_BASED: u16 = local_selector(3);

impl Local {
    pub(crate) fn segment(&self, selector: u16) -> Segment {
        Segment {
            base: self.base,
            limit: self.limit,
            selector,
            kind: self.kind,
            dpl: 3,
            present: self.present,
            code_or_data: true,
            big: self.big,
            long: false,
            granular: self.granular,
        }
    }
}

/// The flat segment of a global selector at ring 3.
fn flat(selector: u16) -> Segment {
    let is_code = selector != FLAT;
    Segment {
        base: 0,
        limit: u32::MAX,
        selector,
        kind: if is_code { 11 } else { 3 },
        dpl: 3,
        present: true,
        code_or_data: true,
        big: selector != CODE_64,
        long: selector == CODE_64,
        granular: true,
    }
}

/// The segment that a selector names.
pub(crate) fn segment(selector: u16) -> Segment {
    match selector {
        CODE_32 | FLAT | CODE_64 => flat(selector),
        s if s & 4 != 0 => {
            LOCAL.get(usize::from(s >> 3)).map_or_else(Segment::default, |l| l.segment(s))
        }
        s => Segment { selector: s, ..Segment::default() },
    }
}

/// Bytes of the XSAVE area that are compared: x87, SSE, AVX.
pub(crate) const EXTENDED: usize = 832;

/// Numbers of segment registers in [`State::selectors`].
pub(crate) const ES: usize = 0;
pub(crate) const CS: usize = 1;
pub(crate) const SS: usize = 2;
pub(crate) const DS: usize = 3;
pub(crate) const FS: usize = 4;
pub(crate) const GS: usize = 5;

/// What a program can see of its processor.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// `rax rcx rdx rbx rsp rbp rsi rdi r8 … r15`.
    pub(crate) general: [u64; 16],
    pub(crate) ip: u64,
    pub(crate) flags: u64,
    /// `es cs ss ds fs gs`.
    pub(crate) selectors: [u16; 6],
    pub(crate) fs_base: u64,
    pub(crate) gs_base: u64,
    pub(crate) extended: [u8; EXTENDED],
}

/// Places in the XSAVE area (SDM volume 1, 10.5.1 and 13.4).
pub(crate) mod area {
    pub(crate) const CONTROL: usize = 0;
    pub(crate) const STATUS: usize = 2;
    pub(crate) const TAGS: usize = 4;
    pub(crate) const MXCSR: usize = 24;
    pub(crate) const ST: usize = 32;
    pub(crate) const XMM: usize = 160;
    pub(crate) const STATE_BITS: usize = 512;
    pub(crate) const YMM_HIGH: usize = 576;
}

impl Default for State {
    /// As after a reset, as far as it matters.
    fn default() -> Self {
        let mut state = Self {
            general: [0; 16],
            ip: 0,
            flags: 0x202,
            selectors: [0; 6],
            fs_base: 0,
            gs_base: 0,
            extended: [0; EXTENDED],
        };
        state.put(area::CONTROL, &0x37Fu16.to_le_bytes());
        state.put(area::MXCSR, &0x1F80u32.to_le_bytes());
        state.put(area::STATE_BITS, &7u64.to_le_bytes());
        state
    }
}

impl State {
    /// Sets bytes of the XSAVE area.
    pub(crate) fn put(&mut self, at: usize, bytes: &[u8]) {
        self.extended[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Whether the bases of `fs` and `gs` are set apart from their selectors.
    pub(crate) fn has_bases(&self) -> bool {
        self.selectors[CS] == CODE_64
    }
}

/// One case: a state, and what is written to memory before.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) state: State,
    /// Offset and bytes; the first is the code.
    pub(crate) patches: Vec<(u32, Vec<u8>)>,
}

/// The vector of a case that does not end.
pub(crate) const ENDLESS: u32 = 255;

/// What a case came to: the state at the exception, and the words of memory that differ.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) state: State,
    pub(crate) vector: u32,
    pub(crate) error: u32,
    /// Only of page faults.
    pub(crate) cr2: u64,
    /// Offset and word.
    pub(crate) changes: Vec<(u64, u64)>,
}

/// What memory holds when nothing has been written to it: numbers, and code that ends a case.
pub(crate) fn memory() -> Vec<u8> {
    let mut random = super::random::Random::new(1);
    let mut bytes: Vec<u8> = (0..SIZE).map(|_| random.byte()).collect();
    bytes[CODE.start as usize..CODE.end as usize].fill(FILL);
    bytes
}
