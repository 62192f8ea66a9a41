//! The checks that need KVM: small guests made by `build/stubs.rs`.

use super::{Check, RING_0_SPEED, SLOW, Status};
use crate::image::{Image, Mode};
use crate::machine::backend::Backend as _;
use crate::machine::backend::Exit;
use crate::machine::boot::{Boot, stubs};
use crate::machine::config::{BackendChoice, Config, Io};
use crate::machine::limits::TICK;
use crate::machine::outcome::{Help, HostError, Outcome, Stats};
use crate::machine::state::memory::Memory;
use crate::machine::{exec, kvm};
use std::time::Duration;

/// The code with which every probe ends.
const DONE: Outcome = Outcome::Exited(7);
/// Below this number of instructions per second, KVM emulates the code in software.
const NATIVE: f64 = 50e6;

/// One row per guest that only has to reach its end: name, mode, ring, code, the unit that it tests,
/// and the status if it fails.
type Probe = (&'static str, Mode, u8, &'static [u8], &'static str, Status);

const PROBES: [Probe; 9] = [
    ("real mode", Mode::Real, 0, stubs::PROBE_EXIT_16, "", Status::Fails),
    ("protected mode", Mode::Protected, 0, stubs::PROBE_EXIT_32, "", Status::Fails),
    ("long mode, ring 3", Mode::Long, 3, stubs::PROBE_EXIT_64, "", Status::Fails),
    ("long mode, ring 0", Mode::Long, 0, stubs::PROBE_EXIT_64, "", Status::Fails),
    (
        "interrupts at ring 0",
        Mode::Protected,
        0,
        stubs::PROBE_INTERRUPT_32,
        "`int` and `iret`",
        Status::Limited,
    ),
    ("x87 at ring 0", Mode::Protected, 0, stubs::PROBE_FPU_32, "x87", Status::Limited),
    ("SSE at ring 0", Mode::Protected, 0, stubs::PROBE_SSE_32, "SSE", Status::Limited),
    ("SSE at ring 3", Mode::Long, 3, stubs::PROBE_SSE_64, "SSE", Status::Limited),
    ("AVX at ring 3", Mode::Long, 3, stubs::PROBE_AVX_64, "AVX", Status::Limited),
];

pub(super) fn all() -> Vec<Check> {
    let host = match kvm::open(kvm::DEVICE.as_ref()) {
        Ok((_, host)) => host,
        Err(error) => {
            let mut checks = vec![failure("KVM", Status::Fails, error), software()];
            checks.extend(choices(None));
            return checks;
        }
    };
    let registers = if host.sync_registers { "in a shared page" } else { "by system calls" };
    let detail =
        format!("{} opens, version {}, registers {registers}", kvm::DEVICE, host.api_version);
    let mut checks = vec![Check::new("KVM", Status::Works, detail)];
    checks.extend(PROBES.iter().map(boots));
    checks.push(single_step());
    let ring_0 = speed(RING_0_SPEED, Mode::Protected, 0, stubs::PROBE_SPIN_32);
    let rate = ring_0.figure;
    checks.push(ring_0);
    checks.push(speed("speed at ring 3", Mode::Long, 3, stubs::PROBE_SPIN_64));
    checks.push(port_access());
    checks.push(software());
    checks.extend(choices(rate));
    checks
}

fn failure(name: &'static str, status: Status, error: HostError) -> Check {
    let check = Check::new(name, status, error.to_string());
    match error {
        HostError::System { help: Some(help), .. } => check.help(help),
        _ => check,
    }
}

fn setup(mode: Mode, ring: u8, code: &[u8], count: u64) -> (Image, Config) {
    let bits = mode.bits();
    let image =
        Image { bytes: code.to_vec(), origin: mode.default_origin(), bits, ..Image::default() };
    let config = Config {
        ring: Some(ring),
        timeout: Some(Duration::from_secs(10)),
        registers: vec![("ecx".to_owned(), count)],
        backend: BackendChoice::Kvm,
        ..Config::new(mode)
    };
    (image, config)
}

/// Runs a guest. Returns what it cost, or why it did not reach its end.
fn run(mode: Mode, ring: u8, code: &[u8], count: u64) -> Result<Stats, String> {
    let (image, config) = setup(mode, ring, code, count);
    let report = exec::run(&image, &config, &mut Io::buffers([])).map_err(|e| e.to_string())?;
    match report.outcome {
        DONE => Ok(report.stats),
        Outcome::Faulted(fault) => Err(fault.message),
        other => Err(format!("it ended with `{}`", other.name())),
    }
}

fn boots(&(name, mode, ring, code, unit, otherwise): &Probe) -> Check {
    match run(mode, ring, code, 0) {
        Ok(stats) => {
            let time = stats.create + stats.boot + stats.run + stats.tear_down;
            let detail = match (unit, stats.help) {
                ("", _) => format!("boots, runs and ends in {:.2} ms", time.as_secs_f64() * 1e3),
                (_, Help { instructions: 0, .. }) => "works".to_owned(),
                _ => "works: the software CPU runs the instructions that this host's KVM does not implement".to_owned(),
            };
            Check::new(name, Status::Works, detail).figure(time.as_secs_f64() * 1e3)
        }
        Err(why) if unit.is_empty() => Check::new(name, otherwise, why),
        Err(why) => Check::new(name, otherwise, why).help(format!(
            "{unit} code works in long mode at ring 3 if the processor supports it, and in every \
             mode on a host that has VT-x or AMD-V."
        )),
    }
}

/// Guest instructions per second, measured with a loop of two instructions.
fn rate(mode: Mode, ring: u8, code: &[u8]) -> Result<f64, String> {
    let mut count = 100_000u32;
    loop {
        let seconds = run(mode, ring, code, count.into())?.run.as_secs_f64().max(1e-9);
        if seconds > 0.02 || count > 50_000_000 {
            return Ok(2.0 * f64::from(count) / seconds);
        }
        count *= 20;
    }
}

fn speed(name: &'static str, mode: Mode, ring: u8, code: &[u8]) -> Check {
    let rate = match rate(mode, ring, code) {
        Ok(rate) => rate,
        Err(why) => return Check::new(name, Status::Fails, why),
    };
    let millions = rate / 1e6;
    if rate > NATIVE {
        let detail = format!("{millions:.0} million instructions per second, on the processor");
        return Check::new(name, Status::Works, detail).figure(rate);
    }
    Check::new(
        name,
        Status::Limited,
        format!(
            "{millions:.1} million instructions per second: this host's KVM emulates them in \
             software"
        ),
    )
    .figure(rate)
    .help(
        "Real mode, protected mode and ring 0 are about a thousand times slower than on a host \
         that has VT-x or AMD-V. The software CPU is faster, and `--backend auto` uses it for them. \
         Long mode at ring 3 runs on the processor.",
    )
}

/// Measures the software CPU.
fn software() -> Check {
    const COUNT: u32 = 1_000_000;
    let name = "software CPU";
    let (image, config) = setup(Mode::Long, 3, stubs::PROBE_SPIN_64, COUNT.into());
    let config = Config { backend: BackendChoice::Soft, ..config };
    match exec::run(&image, &config, &mut Io::buffers([])) {
        Ok(report) if report.outcome == DONE => {
            let rate = 2.0 * f64::from(COUNT) / report.stats.run.as_secs_f64().max(1e-9);
            let detail =
                format!("{:.0} million instructions per second, `--backend soft`", rate / 1e6);
            Check::new(name, Status::Works, detail).figure(rate)
        }
        Ok(report) => Check::new(name, Status::Fails, report.outcome.name()),
        Err(error) => failure(name, Status::Fails, error),
    }
}

/// What `--backend auto` uses in each mode. `ring_0` is the rate at which KVM runs ring 0, if KVM
/// works.
fn choices(ring_0: Option<f64>) -> Vec<Check> {
    let other = match ring_0 {
        None => "the software CPU: KVM does not work".to_owned(),
        Some(rate) if rate < SLOW => {
            "the software CPU: KVM emulates it in software, more slowly".to_owned()
        }
        Some(_) => "KVM".to_owned(),
    };
    let native =
        if ring_0.is_some() { "KVM: the processor runs it".to_owned() } else { other.clone() };
    let rows = [
        ("auto, real mode", &other),
        ("auto, protected mode", &other),
        ("auto, long mode, ring 0", &other),
        ("auto, long mode, ring 3", &native),
    ];
    rows.map(|(name, detail)| Check::new(name, Status::Works, detail.as_str())).into()
}

fn port_access() -> Check {
    const COUNT: u32 = 20_000;
    let name = "a port access";
    match run(Mode::Long, 3, stubs::PROBE_PORT_64, COUNT.into()) {
        Ok(stats) => {
            let each = stats.run.as_secs_f64() * 1e6 / f64::from(COUNT);
            Check::new(name, Status::Works, format!("{each:.1} µs each")).figure(each)
        }
        Err(why) => Check::new(name, Status::Fails, why),
    }
}

/// How a CPU is made to stop after one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// KVM single-steps it.
    ByKvm,
    /// The trap flag raises a debug exception in the guest.
    ByTrapFlag,
}

fn single_step() -> Check {
    let name = "single-step";
    let rows = [
        (Mode::Real, 0, stubs::PROBE_EXIT_16),
        (Mode::Protected, 0, stubs::PROBE_EXIT_32),
        (Mode::Long, 3, stubs::PROBE_EXIT_64),
    ];
    let mut ways = Vec::new();
    let mut status = Status::Works;
    for (mode, ring, code) in rows {
        let works = |step| steps(mode, ring, code, step);
        let way = match works(Step::ByKvm).and_then(|by_kvm| {
            Ok(if by_kvm {
                Some(Step::ByKvm)
            } else {
                works(Step::ByTrapFlag)?.then_some(Step::ByTrapFlag)
            })
        }) {
            Ok(Some(Step::ByKvm)) => "by KVM",
            Ok(Some(Step::ByTrapFlag)) => "by the trap flag",
            Ok(None) => {
                status = Status::Limited;
                "not at all"
            }
            Err(error) => return failure(name, Status::Limited, error),
        };
        ways.push(format!("{} mode {way}", mode.name()));
    }
    Check::new(name, status, ways.join(", "))
}

/// Whether the CPU stops after one instruction.
fn steps(mode: Mode, ring: u8, code: &[u8], step: Step) -> Result<bool, HostError> {
    /// TF of the flags register.
    const TRAP_FLAG: u64 = 1 << 8;
    const DEBUG_EXCEPTION: u8 = 1;
    let (image, config) = setup(mode, ring, code, 0);
    let mut boot = Boot::new(&image, &config)?;
    if step == Step::ByTrapFlag {
        boot.registers.flags |= TRAP_FLAG;
    }
    let memory = Memory::new(boot.ram, boot.host)?;
    let mut machine = kvm::Machine::new(&memory, TICK)?;
    boot.load(&image, &memory)?;
    machine.set_system(&boot.system)?;
    machine.set_registers(&boot.registers)?;
    if step == Step::ByKvm {
        machine.set_single_step(true)?;
    }
    let mut exit = machine.run()?;
    while exit == Exit::Kicked {
        exit = machine.run()?;
    }
    let registers = machine.registers()?;
    // The first instruction of the probes sets al to 7 and has two bytes.
    Ok(match step {
        Step::ByKvm => exit == Exit::Debug && registers.ip == boot.registers.ip + 2,
        Step::ByTrapFlag => {
            exit == Exit::Halt
                && boot.vector_behind(registers.ip) == Some(DEBUG_EXCEPTION)
                && registers.general[0] == 7
        }
    })
}
