//! Booting: each mode starts in the state that the contract promises, and runs.
//!
//! Knows nothing of how that state is made.

use super::Case;
use super::support::{guest, output};
use applet::internal::machine::outcome::{HostError, Outcome};

pub(crate) const CASES: &[Case] = &[
    ("modes: hello in each", hello),
    ("modes: exit codes come back", exit_codes),
    ("modes: the program of real mode that all began with", origin_real),
    ("modes: the program of protected mode that all began with", origin_protected),
    ("modes: real mode's first state", state_real),
    ("modes: protected mode's first state", state_protected),
    ("modes: long mode's first state", state_long),
    ("modes: protected mode at ring 3", protected_ring_3),
    ("modes: long mode at ring 0", long_ring_0),
    ("modes: registers are set by name", registers),
    ("modes: SSE, x87 and AVX work at ring 3", vector_units),
    ("modes: memory ends where it should", memory_size),
    ("modes: a large memory is there at the first touch", large_memory),
    ("modes: page 0 is there for an image loaded there", page_0),
    ("modes: what cannot be configured is refused", refused),
    ("modes: interrupt handlers of the guest's own work", own_handlers),
];

fn hello() {
    for name in ["hello16", "hello32", "hello64"] {
        assert_eq!(guest(name).halts(), b"hello\n", "{name}");
    }
}

fn exit_codes() {
    for (name, code) in [("exit7_16", 7), ("exit7_32", 7), ("exit255_64", 255)] {
        assert_eq!(guest(name).exits(), code, "{name}");
    }
}

fn origin_real() {
    let registers = vec![("ax".to_owned(), 2), ("bx".to_owned(), 2)];
    let run = guest("origin_real").config(|c| c.registers = registers);
    assert_eq!(run.image.bytes, b"\xba\xf8\x03\x00\xd8\x04\x30\xee\xb0\x0a\xee\xf4");
    assert_eq!(run.halts(), b"4\n");
}

fn origin_protected() {
    assert_eq!(guest("origin_protected").input("HAL*after").halts(), b"IBM");
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect()
}

fn state_real() {
    let state = words(&guest("state16").halts());
    // Pushed last to first: sp, cs, ds, es, ss, flags.
    assert_eq!(state, [0x7C00 - 10, 0, 0, 0, 0, 2]);
}

fn protected_state(ring: u8) -> Vec<u32> {
    let mut run = guest("state32").config(|c| c.ring = Some(ring));
    let outcome = run.try_run().unwrap().outcome;
    assert!(matches!(outcome, Outcome::Exited(_)), "{outcome:?}");
    let bytes = output(&run.io.output);
    bytes.chunks_exact(4).map(|c| u32::from_le_bytes(c.try_into().unwrap())).collect()
}

fn state_protected() {
    assert_eq!(protected_state(0), [0x100_0000 - 20, 8, 0x10, 0x10, 0x10, 2]);
}

fn protected_ring_3() {
    assert_eq!(protected_state(3), [0x100_0000 - 20, 0x23, 0x1B, 0x1B, 0x1B, 2]);
}

fn state_long() {
    let bytes = guest("state64").halts();
    let stack = u64::from_le_bytes(bytes[..8].try_into().unwrap());
    let flags = u64::from_le_bytes(bytes[8..16].try_into().unwrap());
    // IF is not the guest's to see: software virtualisation may keep the real one on.
    assert_eq!((stack, flags & !0x200), (0x100_0000, 2));
    // Where ring 3 is run as a process of the host, its selectors are those of the host's kernel;
    // that the guest's are set right is then seen only by `boot/tests.rs`.
    let of_linux = [0x33, 0x2B, 0, 0, 0, 0];
    let selectors = words(&bytes[16..]);
    if selectors != of_linux {
        assert_eq!(selectors, [0x23, 0x1B, 0x1B, 0x1B, 0x1B, 0x1B]);
    }
}

fn long_ring_0() {
    assert_eq!(guest("ring0_64").config(|c| c.ring = Some(0)).exits(), 8);
}

fn registers() {
    let set = [("rax", u64::MAX), ("ah", 0x12), ("r15d", 0x8000_0000)];
    let set = set.map(|(name, value)| (name.to_owned(), value)).to_vec();
    let bytes = guest("registers64").config(|c| c.registers = set).halts();
    assert_eq!(bytes, [0xFF, 0x12, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0x80, 0, 0, 0, 0]);
}

fn vector_units() {
    // 2.0 + 2.0 = 4.0: the low byte of sign and exponent; 1.0 + 1.0 = 2; all ones.
    assert_eq!(guest("sse64").exits(), 129);
    assert_eq!(guest("fpu64").exits(), 2);
    if std::is_x86_feature_detected!("avx2") {
        assert_eq!(guest("avx64").exits(), 255);
    }
}

fn memory_size() {
    for memory in [0x1_0000, 0x20_0000, 0x20_1000, 0x30_0000, 0x12_3456, 2 << 30, 0xFEC0_0000] {
        let mut run = guest("memory_end64").config(|c| c.memory = Some(memory));
        if memory < 0x11_0000 {
            run.image.origin = 0x8000;
        }
        assert_eq!(run.exits(), 5, "{memory:#x}");
        let mut run = guest("memory_behind64").config(|c| c.memory = Some(memory));
        if memory < 0x11_0000 {
            run.image.origin = 0x8000;
        }
        let fault = run.fault();
        assert!(fault.message.contains("outside memory"), "{memory:#x}: {}", fault.message);
    }
}

fn large_memory() {
    let large = |name| guest(name).config(|c| c.memory = Some(2 << 30));
    // Touched by a store, a load across two pages, SSE, x87, a string that runs into it, and an
    // instruction that KVM does not emulate.
    let cases = [
        ("far64", 1),
        ("far_read64", 1),
        ("far_sse64", 255),
        ("far_x87_64", 0x3F),
        ("far_string64", 9),
        ("far_unemulated64", 3),
    ];
    for (name, code) in cases {
        assert_eq!(large(name).exits(), code, "{name}");
    }
    // Code that is read to there and jumped to: `mov al, 5` and `out 0xE3, al`.
    assert_eq!(large("far_jump64").input(*b"\xB0\x05\xE6\xE3").exits(), 5);
    assert_eq!(large("far_insb64").input("abc").halts(), b"abc");
    let ring_0 = |name| large(name).config(|c| c.ring = Some(0));
    for name in ["far64", "far_read64"] {
        assert_eq!(ring_0(name).exits(), 1, "{name}");
    }
    assert_eq!(ring_0("far_string64").exits(), 9);
    assert_eq!(ring_0("far_jump64").input(*b"\xB0\x05\xE6\xE3").exits(), 5);
    // Page tables that lie there, written by the guest, and read in by the host.
    assert_eq!(ring_0("far_tables64").exits(), 1);
    let entries = [0x4000_1003u64, 0x4000_2003, 0x83];
    let mut tables = vec![0; 0x2008];
    for (at, entry) in entries.iter().enumerate() {
        tables[at * 0x1000..][..8].copy_from_slice(&entry.to_le_bytes());
    }
    assert_eq!(ring_0("far_tables_read64").input(tables).exits(), 1);
    // An image that reaches into it.
    let mut run = large("exit255_64");
    run.image.bytes.resize(20 << 20, 0);
    assert_eq!(run.exits(), 255);
}

fn page_0() {
    assert_eq!(guest("page0_64").exits(), 4);
}

fn refused() {
    type Change = fn(&mut super::support::Run);
    let cases: [(&str, Change, &str); 7] = [
        ("hello16", |r| r.image.origin = 0x1_0000, "below 0x10000"),
        ("hello16", |r| r.config.ring = Some(3), "no ring 3"),
        ("hello64", |r| r.config.ring = Some(1), "ring is 0 or 3"),
        ("hello64", |r| r.config.memory = Some(4096), "the range is 64 KiB to 4076 MiB"),
        ("hello64", |r| r.config.memory = Some(1 << 32), "the range is 64 KiB to 4076 MiB"),
        ("hello64", |r| r.config.memory = Some(0x10_0000), "does not fit"),
        ("hello32", |r| r.config.registers = vec![("r8".into(), 1)], "only in long mode"),
    ];
    for (name, change, expected) in cases {
        let mut run = guest(name);
        change(&mut run);
        match run.try_run() {
            Err(error @ (HostError::Config { .. } | HostError::TooLarge { .. })) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            other => panic!("{expected}: {other:?}"),
        }
    }
}

fn own_handlers() {
    assert_eq!(guest("handler16").halts(), b"h");
    let mut run = guest("handler64").config(|c| c.ring = Some(0));
    assert_eq!(run.try_run().unwrap().outcome, Outcome::Exited(3));
    assert_eq!(output(&run.io.output), b"h");
}
