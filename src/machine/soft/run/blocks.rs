//! The cache of decoded code: basic blocks, found by address, and dropped when their bytes change.
//!
//! **The problem.** Decoding takes a hundred times as long as executing. A guest may overwrite its
//! code, map other memory at its address, or run the same bytes with another operand size.
//!
//! **The idea.** A block is a run of instructions up to a branch. It is found by its instruction
//! pointer and its *context*: everything else that determines what the bytes mean (operand size,
//! base and limit of the code segment, ring 3 or not). Two mechanisms keep blocks valid. Each page
//! of RAM with decoded code has a map of the bytes that are in a block, and a write to such a byte
//! kills the blocks that contain it. Everything that may change which memory an address refers to
//! starts a new *epoch*: before a block of an older epoch runs, its address is translated again.
//!
//! **Invariants.** A block that is valid in the current epoch is what decoding would give. A link
//! between two blocks is valid only in the epoch in which it was made. A killed block stays
//! allocated until the current block ends.

use super::decode::{decode, next_page};
use crate::machine::soft::core::access::PAGE;
use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::op::{Op, Stop};
use std::cell::Cell;

/// Most instructions of a block.
const MOST: usize = 64;
/// Buckets of the table of blocks.
const BUCKETS: usize = 1024;
/// Blocks, and contexts, after which all are forgotten.
const FULL: usize = 1 << 16;
/// No block.
const NONE: u32 = u32::MAX;

/// Where a block led last time.
#[derive(Clone, Copy, Debug)]
struct Link {
    ip: u64,
    /// The epoch and the context for which that is true, see [`Cpu::stamp`].
    stamp: u64,
    block: u32,
}

/// Instructions that are run one after the other.
pub(crate) struct Block {
    pub(crate) ip: u64,
    /// Where the code goes on if nothing branches.
    pub(crate) end: u64,
    pub(crate) ops: Vec<Op>,
    /// How many instructions they are.
    pub(crate) count: u64,
    context: u32,
    epoch: Cell<u32>,
    /// Physical address of the first byte, and of the second page's if it reaches there.
    physical: u64,
    second: Option<u64>,
    links: [Cell<Link>; 2],
    /// The next one in the bucket.
    next: u32,
    is_dead: bool,
}

impl Block {
    /// Decoded at the instruction pointer; not kept yet.
    pub(crate) fn new(
        cpu: &Cpu<'_>,
        end: u64,
        ops: Vec<Op>,
        physical: u64,
        second: Option<u64>,
    ) -> Self {
        let unused = Link { ip: 0, stamp: 0, block: NONE };
        Self {
            ip: cpu.ip,
            end,
            count: ops.iter().map(|op| 1 + u64::from(op.fused)).sum(),
            ops,
            context: cpu.context,
            epoch: Cell::new(cpu.epoch),
            physical,
            second,
            links: [Cell::new(unused), Cell::new(unused)],
            next: NONE,
            is_dead: false,
        }
    }
}

/// All blocks.
pub(crate) struct Cache {
    blocks: Vec<Block>,
    free: Vec<u32>,
    buckets: Vec<u32>,
    /// The block that ran last.
    last: u32,
    /// The one that is not kept: its memory is no RAM, or it is a single step.
    single: Option<Block>,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("blocks", &self.blocks.len()).finish_non_exhaustive()
    }
}

fn bucket(ip: u64, context: u32) -> usize {
    let mixed = (ip ^ u64::from(context) << 7).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize % BUCKETS
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self { blocks: Vec::new(), free: Vec::new(), buckets: Vec::new(), last: NONE, single: None }
    }

    /// A block that was found.
    #[inline(always)]
    pub(crate) fn get(&self, number: u32) -> Option<&Block> {
        self.blocks.get(number as usize)
    }

    /// The block at the instruction pointer: as the last one is linked, or looked up, or decoded.
    #[inline(always)]
    pub(crate) fn find(&mut self, cpu: &mut Cpu<'_>) -> Result<u32, Stop> {
        if let Some(last) = self.blocks.get(self.last as usize) {
            for link in &last.links {
                let link = link.get();
                if link.ip == cpu.ip && link.stamp == cpu.stamp {
                    self.last = link.block;
                    return Ok(link.block);
                }
            }
        }
        self.look_up(cpu)
    }

    #[inline(never)]
    fn look_up(&mut self, cpu: &mut Cpu<'_>) -> Result<u32, Stop> {
        let number = match self.in_bucket(cpu)? {
            Some(number) => number,
            None => self.decode(cpu)?,
        };
        if let Some(last) = self.blocks.get(self.last as usize)
            && !last.is_dead
        {
            let [first, second] = &last.links;
            let spare = if first.get().stamp == cpu.stamp { second } else { first };
            spare.set(Link { ip: cpu.ip, stamp: cpu.stamp, block: number });
        }
        self.last = number;
        Ok(number)
    }

    fn in_bucket(&mut self, cpu: &mut Cpu<'_>) -> Result<Option<u32>, Stop> {
        let mut number = *self.buckets.get(bucket(cpu.ip, cpu.context)).unwrap_or(&NONE);
        while let Some(block) = self.blocks.get(number as usize) {
            let is_here = block.ip == cpu.ip && block.context == cpu.context && !block.is_dead;
            if is_here && (block.epoch.get() == cpu.epoch || is_unmoved(cpu, block)?) {
                block.epoch.set(cpu.epoch);
                return Ok(Some(number));
            }
            number = block.next;
        }
        Ok(None)
    }

    /// Forgets the blocks that were killed.
    pub(crate) fn remove_killed(&mut self, cpu: &mut Cpu<'_>) {
        cpu.stale = false;
        for number in cpu.code.take_killed() {
            let Some(block) = self.blocks.get_mut(number as usize) else { continue };
            if block.is_dead {
                continue;
            }
            block.is_dead = true;
            block.ops = Vec::new();
            let (next, at) = (block.next, bucket(block.ip, block.context));
            self.unlink(at, number, next);
            self.free.push(number);
        }
        self.last = NONE;
        cpu.new_epoch();
    }

    fn unlink(&mut self, at: usize, number: u32, next: u32) {
        let Some(head) = self.buckets.get_mut(at) else { return };
        if *head == number {
            *head = next;
            return;
        }
        let mut here = *head;
        while let Some(block) = self.blocks.get_mut(here as usize) {
            if block.next == number {
                block.next = next;
                return;
            }
            here = block.next;
        }
    }

    /// Forgets all blocks.
    pub(crate) fn forget(&mut self, cpu: &mut Cpu<'_>) {
        if !self.blocks.is_empty() {
            self.clear(cpu);
        }
    }

    fn clear(&mut self, cpu: &mut Cpu<'_>) {
        self.blocks.clear();
        self.free.clear();
        self.buckets.clear();
        self.last = NONE;
        cpu.code.clear();
        cpu.tlb.flush();
        cpu.mode_changed();
        cpu.new_epoch();
    }

    fn decode(&mut self, cpu: &mut Cpu<'_>) -> Result<u32, Stop> {
        if self.blocks.len() >= FULL || cpu.code.context_count() >= FULL {
            self.clear(cpu);
        }
        if self.buckets.is_empty() {
            self.buckets = vec![NONE; BUCKETS];
        }
        let mut block = decode(cpu, MOST)?;
        if block.physical >= cpu.ram.direct() {
            // Nobody watches writes there, so it is decoded each time, and nothing leads to it.
            block.is_dead = true;
            self.last = NONE;
        }
        let number = self.free.last().copied().unwrap_or(self.blocks.len() as u32);
        if !block.is_dead {
            let at = bucket(block.ip, block.context);
            block.next = *self.buckets.get(at).unwrap_or(&NONE);
            note_bytes(cpu, &block, number);
            if let Some(head) = self.buckets.get_mut(at) {
                *head = number;
            }
        }
        let is_kept = !block.is_dead;
        match self.blocks.get_mut(number as usize) {
            Some(place) => {
                *place = block;
                self.free.pop();
            }
            None => self.blocks.push(block),
        }
        if !is_kept {
            self.free.push(number);
        }
        Ok(number)
    }

    /// The single instruction at the instruction pointer, freshly decoded.
    pub(crate) fn single(&mut self, cpu: &mut Cpu<'_>) -> Result<Option<&Block>, Stop> {
        self.last = NONE;
        self.single = Some(decode(cpu, 1)?);
        Ok(self.single.as_ref())
    }
}

/// Whether a block from an older epoch is still what is at its address.
fn is_unmoved(cpu: &mut Cpu<'_>, block: &Block) -> Result<bool, Stop> {
    if cpu.fetch_address(block.ip)? != block.physical {
        return Ok(false);
    }
    match block.second {
        Some(second) => {
            let behind = next_page(cpu, block.ip);
            Ok(cpu.fetch_linear(behind)? == second)
        }
        None => Ok(true),
    }
}

/// Enters the bytes of a block in the map.
fn note_bytes(cpu: &mut Cpu<'_>, block: &Block, number: u32) {
    let length = block.end.wrapping_sub(block.ip) & cpu.ip_mask;
    let room = PAGE - block.physical % PAGE;
    let parts = [
        Some((block.physical, length.min(room))),
        block.second.map(|s| (s, length - length.min(room))),
    ];
    for (at, count) in parts.into_iter().flatten() {
        if let Some(map) = cpu.code.add(number, at, count) {
            cpu.tlb.protect(at, map);
        }
    }
}
