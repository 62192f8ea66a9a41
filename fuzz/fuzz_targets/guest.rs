//! Arbitrary bytes as guest code on the software CPU, in each mode and ring: it must neither
//! panic, nor run on when it is to stop, nor change memory that is not the guest's.
//!
//! At ring 3 of long mode that is all that the host keeps for itself behind the guest's RAM:
//! descriptor tables, task state and page tables, of which the CPU may only mark what was used.
//! Knows nothing of what the code should do.
//!
//! ```sh
//! RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none guest fuzz/corpus-guest -- \
//!     -fork=1 -max_len=512 -timeout=60 -rss_limit_mb=2048 -max_total_time=600
//! ```

#![no_main]

use applet::internal::image::{Image, Mode};
use applet::internal::machine::backend::Backend as _;
use applet::internal::machine::boot::{Boot, tables};
use applet::internal::machine::config::Config;
use applet::internal::machine::exit::Exit;
use applet::internal::machine::memory::Memory;
use applet::internal::machine::soft::Machine;
use libfuzzer_sys::fuzz_target;
use std::time::{Duration, Instant};

/// How often the guest is interrupted, and how often before it is given up.
const PERIOD: Duration = Duration::from_millis(3);
const KICKS: u32 = 4;
/// Exits before it is given up.
const EXITS: u32 = 2000;
/// When it should have been interrupted, at the latest, on a host that is busy with other things.
const GRACE: Duration = Duration::from_secs(20);
/// Accessed and dirty in a page table's entry.
const MARKS: u64 = 0x60;

fuzz_target!(|bytes: &[u8]| {
    let [first, second, code @ ..] = bytes else { return };
    let (mode, bits, origin) = match first % 3 {
        0 => (Mode::Real, 16, 0x7C00),
        1 => (Mode::Protected, 32, 0x10_0000),
        _ => (Mode::Long, 64, 0x10_0000),
    };
    let ring = if mode == Mode::Real || first & 0x80 != 0 { 0 } else { 3 };
    let image = Image { bytes: code.to_vec(), origin, bits, ..Image::default() };
    let config = Config { ring: Some(ring), memory: Some(4 << 20), ..Config::new(mode) };
    let Ok(mut boot) = Boot::new(&image, &config) else { return };
    // Something to work with in the registers: numbers, and addresses of the code.
    for (n, register) in boot.registers.general.iter_mut().enumerate() {
        if n != 4 && second >> (n % 8) & 1 != 0 {
            *register = origin + 16 * n as u64;
        }
    }
    let memory = Memory::new(boot.ram, boot.host).expect("4 MiB");
    boot.load(&image, &memory).expect("it fits");
    let confined = mode == Mode::Long && ring == 3;
    let before = confined.then(|| host_area(&memory));
    run(&boot, &memory);
    if let Some(before) = before {
        assert!(before == host_area(&memory), "the host's tables have changed");
    }
});

/// Runs the guest until it ends or is given up.
fn run(boot: &Boot, memory: &Memory) {
    let mut machine = Machine::new(memory, PERIOD).expect("a machine");
    machine.set_system(&boot.system).expect("set");
    machine.set_registers(&boot.registers).expect("set");
    let (mut kicks, mut exits) = (0, 0);
    while kicks < KICKS && exits < EXITS {
        exits += 1;
        let start = Instant::now();
        let exit = machine.run().expect("the host is well");
        assert!(start.elapsed() < GRACE, "{exit:?} came late");
        match exit {
            Exit::PortIn(_) => machine.port_data().fill(b'A'),
            Exit::PortOut(_) => assert!(!machine.port_data().is_empty()),
            Exit::Kicked => kicks += 1,
            _ => return,
        }
    }
}

/// What the host keeps for itself, without the stack on which exceptions arrive and without what
/// the CPU marks in page tables.
fn host_area(memory: &Memory) -> Vec<u64> {
    let base = memory.host_address();
    let words = |from: u64, to: u64, mask: u64| {
        (from..to).step_by(8).map(move |at| memory.read_entry(base + at, 8).unwrap_or(0) & mask)
    };
    let tables = words(tables::GDT, tables::TSS + 0x68, u64::MAX);
    let vectors = words(tables::IDT, tables::PML4, u64::MAX);
    let pages = words(tables::PML4, tables::HOST_PAGES + 0x1000, !MARKS);
    tables.chain(vectors).chain(pages).collect()
}
