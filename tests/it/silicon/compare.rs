//! Where two outcomes differ, in words.

use super::cases::Trial;
use super::makers;
use super::state::{BASE, ENDLESS, Outcome, State, area};
use super::undefined::{Judge, defined, is_near, is_status_near};
use std::fmt::Write as _;

const NAMES: [&str; 16] = [
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13",
    "r14", "r15",
];
const SEGMENTS: [&str; 6] = ["es", "cs", "ss", "ds", "fs", "gs"];
const FLAGS: [(u32, &str); 11] = [
    (0, "cf"),
    (2, "pf"),
    (4, "af"),
    (6, "zf"),
    (7, "sf"),
    (8, "tf"),
    (9, "if"),
    (10, "df"),
    (11, "of"),
    (14, "nt"),
    (18, "ac"),
];
/// The resume flag, which only tells a fault from a trap, and which Linux sets as it likes.
const RF: u64 = 1 << 16;
/// The page fault.
const PF: u32 = 14;

/// One place where two outcomes differ.
struct Differences<'a> {
    trial: &'a Trial,
    judge: Judge,
    lines: Vec<String>,
}

impl Differences<'_> {
    fn number(&mut self, name: &str, soft: u64, silicon: u64) {
        if soft != silicon {
            self.lines.push(format!("{name}: {soft:#x}, silicon {silicon:#x}"));
        }
    }

    fn bytes(&mut self, name: &str, soft: &[u8], silicon: &[u8]) {
        if soft != silicon {
            self.lines.push(format!("{name}: {}, silicon {}", hex(soft), hex(silicon)));
        }
    }

    fn flags(&mut self, soft: u64, silicon: u64) {
        let differing = (soft ^ silicon) & !RF;
        let differing = defined(self.judge, &self.trial.instruction, differing);
        if differing != 0 {
            let name = |of: u64| {
                FLAGS
                    .iter()
                    .filter(|row| differing >> row.0 & 1 != 0)
                    .map(|row| format!(" {}={}", row.1, of >> row.0 & 1))
                    .collect::<String>()
            };
            self.lines.push(format!("flags:{}, silicon{}", name(soft), name(silicon)));
            if FLAGS.iter().all(|row| differing >> row.0 & 1 == 0) {
                self.number("flags", soft, silicon);
            }
        }
    }

    fn extended(&mut self, soft: &State, silicon: &State) {
        if soft.extended == silicon.extended {
            return;
        }
        let word = |state: &State, at: usize| {
            u16::from_le_bytes([state.extended[at], state.extended[at + 1]])
        };
        let of = |at: usize| (u64::from(word(soft, at)), u64::from(word(silicon, at)));
        let (a, b) = of(area::CONTROL);
        self.number("x87 control", a, b);
        let (a, b) = (word(soft, area::STATUS), word(silicon, area::STATUS));
        if !is_status_near(&self.trial.instruction, a, b) {
            self.number("x87 status", a.into(), b.into());
        }
        let (a, b) = of(area::TAGS);
        self.number("x87 tags", a, b);
        let part = |at: usize, length: usize| {
            (&soft.extended[at..at + length], &silicon.extended[at..at + length])
        };
        let (a, b) = part(area::MXCSR, 4);
        self.bytes("mxcsr", a, b);
        for n in 0..8 {
            let (a, b) = part(area::ST + 16 * n, 10);
            if !is_near(&self.trial.instruction, a, b) {
                self.bytes(&format!("st{n}"), a, b);
            }
        }
        for n in 0..16 {
            let (a, b) = part(area::XMM + 16 * n, 16);
            self.bytes(&format!("xmm{n}"), a, b);
            let (a, b) = part(area::YMM_HIGH + 16 * n, 16);
            self.bytes(&format!("upper half of ymm{n}"), a, b);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a page fault was at one of the addresses where Linux itself has pages or not.
fn is_kernel(outcome: &Outcome) -> bool {
    // With the last page below it, which Linux leaves out of every program.
    outcome.vector == PF && outcome.cr2 >= 0x7FFF_FFFF_F000
}

/// A selector, as far as it can be seen: the way to the handler and back makes all null ones 0.
fn visible(selector: u16) -> u64 {
    if selector < 4 { 0 } else { selector.into() }
}

/// Where the outcomes of a case differ, a line each.
pub(crate) fn compare(
    trial: &Trial,
    judge: Judge,
    soft: &Outcome,
    silicon: &Outcome,
) -> Vec<String> {
    let masked;
    let silicon = match judge {
        Judge::Amd => {
            masked = makers::masked(trial, soft, silicon);
            &masked
        }
        Judge::Model | Judge::Maker | Judge::Stranger => silicon,
    };
    let mut differences = Differences { trial, judge, lines: Vec::new() };
    let d = &mut differences;
    d.number("vector", soft.vector.into(), silicon.vector.into());
    if soft.vector == ENDLESS && silicon.vector == ENDLESS {
        return Vec::new();
    }
    if soft.vector == silicon.vector {
        let has_error = matches!(soft.vector, 8 | 10..=14 | 17);
        if has_error && !is_kernel(silicon) {
            d.number("error code", soft.error.into(), silicon.error.into());
        }
        if soft.vector == PF {
            d.number("cr2", soft.cr2, silicon.cr2);
        }
    }
    let (a, b) = (&soft.state, &silicon.state);
    d.number("rip", a.ip, b.ip);
    d.flags(a.flags, b.flags);
    for (n, name) in NAMES.iter().enumerate() {
        d.number(name, a.general[n], b.general[n]);
    }
    for (n, name) in SEGMENTS.iter().enumerate() {
        d.number(name, visible(a.selectors[n]), visible(b.selectors[n]));
    }
    if trial.case.state.has_bases() {
        d.number("fs base", a.fs_base, b.fs_base);
        d.number("gs base", a.gs_base, b.gs_base);
    }
    d.extended(a, b);
    if soft.changes != silicon.changes {
        let list = |changes: &[(u64, u64)]| {
            let mut text = String::new();
            for (at, word) in changes.iter().take(6) {
                let _ = write!(text, " [{:x}]={word:016x}", BASE + at);
            }
            text + if changes.len() > 6 { " …" } else { "" }
        };
        let (a, b) = (list(&soft.changes), list(&silicon.changes));
        d.lines.push(format!("memory:{a}, silicon{b}"));
    }
    differences.lines
}

/// A case in words: the instruction, its bytes, and what it met.
pub(crate) fn describe(trial: &Trial) -> String {
    let state = &trial.case.state;
    let code: Vec<_> = trial.code().iter().map(|byte| format!("{byte:02x}")).collect();
    let bits = [0, 16, 32, 64][trial.instruction.code_size() as usize & 3];
    let mut row = iced_x86::Decoder::with_ip(bits, trial.code(), state.ip, 0);
    let names: Vec<_> = row.iter().map(|instruction| instruction.to_string()).collect();
    let mut text = format!("{}  ({})", names.join("; "), code.join(" "));
    for (n, value) in state.general.iter().enumerate() {
        let separator = if n % 6 == 0 { "\n   " } else { "" };
        let _ = write!(text, "{separator} {}={value:x}", NAMES[n]);
    }
    let _ = write!(text, "\n    rip={:x} flags={:x}", state.ip, state.flags);
    for (n, selector) in state.selectors.iter().enumerate() {
        let _ = write!(text, " {}={selector:x}", SEGMENTS[n]);
    }
    let used = (0..trial.instruction.op_count()).map(|n| trial.instruction.op_register(n));
    for register in used {
        let n = register.number();
        let part = |at: usize, length: usize| hex(&state.extended[at..at + length]);
        let value = match () {
            () if register.is_vector_register() => format!(
                "{} {}",
                part(area::YMM_HIGH + 16 * (n & 15), 16),
                part(area::XMM + 16 * (n & 15), 16)
            ),
            () if register.is_st() => part(area::ST + 16 * n, 10),
            () if register.is_mm() => {
                let top = usize::from(state.extended[area::STATUS + 1] >> 3 & 7);
                part(area::ST + 16 * ((n + 8 - top) & 7), 10)
            }
            () => continue,
        };
        let _ = write!(text, "\n    {register:?}={value}");
    }
    let _ = write!(
        text,
        "\n    mxcsr={} x87 control={} status={} tags={}",
        hex(&state.extended[area::MXCSR..area::MXCSR + 4]),
        hex(&state.extended[area::CONTROL..area::CONTROL + 2]),
        hex(&state.extended[area::STATUS..area::STATUS + 2]),
        hex(&state.extended[area::TAGS..=area::TAGS])
    );
    for (at, bytes) in trial.case.patches.iter().skip(1) {
        let _ = write!(text, "\n    [{:x}]: {}", BASE + u64::from(*at), hex(bytes));
    }
    text
}
