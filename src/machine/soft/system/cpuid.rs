//! CPUID (SDM volume 2): one row per feature. A feature is listed if its instructions are
//! implemented.

use crate::machine::soft::core::cpu::Cpu;
use crate::machine::soft::core::fpu::XCR0;
use crate::machine::state::registers::CR4_OSXSAVE;

/// Which word of which leaf a feature's bit is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// Leaf 1, ecx.
    C1,
    /// Leaf 1, edx.
    D1,
    /// Leaf 7, ebx.
    B7,
    /// Leaf 7, ecx.
    C7,
    /// Leaf 0x8000_0001, ecx.
    C8,
    /// Leaf 0x8000_0001, edx.
    D8,
}

/// The features, by word and bit.
const FEATURES: [(Word, u32); 54] = [
    // DE, PSE, TSC, MSR, PAE, CX8, SEP, PGE, CMOV, PAT, PSE-36, CLFSH
    (Word::D1, 2),
    (Word::D1, 3),
    (Word::D1, 4),
    (Word::D1, 5),
    (Word::D1, 6),
    (Word::D1, 8),
    (Word::D1, 11),
    (Word::D1, 13),
    (Word::D1, 15),
    (Word::D1, 16),
    (Word::D1, 17),
    (Word::D1, 19),
    // CMPXCHG16B, MOVBE, POPCNT, RDRAND, hypervisor
    (Word::C1, 13),
    (Word::C1, 22),
    (Word::C1, 23),
    (Word::C1, 30),
    (Word::C1, 31),
    // FSGSBASE, BMI1, BMI2, ERMS, RDSEED, ADX, CLFLUSHOPT, CLWB
    (Word::B7, 0),
    (Word::B7, 3),
    (Word::B7, 8),
    (Word::B7, 9),
    (Word::B7, 18),
    (Word::B7, 19),
    (Word::B7, 23),
    (Word::B7, 24),
    // UMIP, RDPID
    (Word::C7, 2),
    (Word::C7, 22),
    // LAHF in 64-bit mode, LZCNT, PREFETCHW
    (Word::C8, 0),
    (Word::C8, 5),
    (Word::C8, 8),
    // SYSCALL, NX, 1 GiB pages, RDTSCP, long mode
    (Word::D8, 11),
    (Word::D8, 20),
    (Word::D8, 26),
    (Word::D8, 27),
    (Word::D8, 29),
    // x87, MMX, FXSR, SSE, SSE2
    (Word::D1, 0),
    (Word::D1, 23),
    (Word::D1, 24),
    (Word::D1, 25),
    (Word::D1, 26),
    // SSE3, PCLMULQDQ, SSSE3, FMA, SSE4.1, SSE4.2, AES, XSAVE, AVX, F16C
    (Word::C1, 0),
    (Word::C1, 1),
    (Word::C1, 9),
    (Word::C1, 12),
    (Word::C1, 19),
    (Word::C1, 20),
    (Word::C1, 25),
    (Word::C1, 26),
    (Word::C1, 28),
    (Word::C1, 29),
    // AVX2, the last x87 operand is that of an exception, FCS and FDS are 0, SHA
    (Word::B7, 5),
    (Word::B7, 6),
    (Word::B7, 13),
    (Word::B7, 29),
];

/// The vendor, as `ebx edx ecx` spell it.
const VENDOR: [u8; 12] = *b"GenuineIntel";
/// Who runs the machine.
const HYPERVISOR: [u8; 12] = *b"applet soft ";
/// The name, 48 bytes with a 0.
const BRAND: [u8; 48] =
    *b"applet software CPU\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
/// Family 6, model 0x5E, stepping 3.
const SIGNATURE: u32 = 0x0005_06E3;

fn features(word: Word) -> u32 {
    FEATURES.iter().filter(|row| row.0 == word).fold(0, |bits, row| bits | 1 << row.1)
}

fn text(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..at + 4).and_then(|word| word.try_into().ok());
    word.map_or(0, u32::from_le_bytes)
}

/// `eax ebx ecx edx` of a leaf.
pub(crate) fn leaf(cpu: &Cpu<'_>, number: u32, sub: u32) -> [u32; 4] {
    match number {
        0 => [0xD, text(&VENDOR, 0), text(&VENDOR, 8), text(&VENDOR, 4)],
        1 => {
            let os_xsave = u32::from(cpu.system.cr4 & CR4_OSXSAVE != 0) << 27;
            [SIGNATURE, 8 << 8, features(Word::C1) | os_xsave, features(Word::D1)]
        }
        7 if sub == 0 => [0, features(Word::B7), features(Word::C7), 0],
        0xD => xsave(sub, cpu.fpu.xcr0),
        0x4000_0000 => {
            [0x4000_0000, text(&HYPERVISOR, 0), text(&HYPERVISOR, 4), text(&HYPERVISOR, 8)]
        }
        0x8000_0000 => [0x8000_0008, text(&VENDOR, 0), text(&VENDOR, 8), text(&VENDOR, 4)],
        0x8000_0001 => [0, 0, features(Word::C8), features(Word::D8)],
        0x8000_0002..=0x8000_0004 => {
            let at = (number as usize - 0x8000_0002) * 16;
            [0, 4, 8, 12].map(|offset| text(&BRAND, at + offset))
        }
        // 52 bits of physical and 48 of linear addresses.
        0x8000_0008 => [0x3034, 0, 0, 0],
        _ => [0; 4],
    }
}

/// Sizes and places of the parts of the XSAVE area, and that there is XSAVEOPT.
const fn xsave(sub: u32, xcr0: u64) -> [u32; 4] {
    match sub {
        0 if xcr0 & 4 == 0 => [XCR0 as u32, 576, 832, 0],
        0 => [XCR0 as u32, 832, 832, 0],
        1 => [1, 0, 0, 0],
        2 => [256, 576, 0, 0],
        _ => [0; 4],
    }
}
