//! A trace: each instruction with what it changed, and whether this host can make one.
//!
//! Knows nothing of how a guest is stepped.

use super::disassembly;
use super::names;
use super::session::{Report, State};
use super::style::{Painter, Style};
use super::view;
use crate::machine::snapshot::Pace;
use crate::machine::state::registers::Registers;

/// One line for each step of an entry that was traced.
#[must_use]
pub(super) fn lines(
    painter: Painter,
    report: &Report,
    now: &State,
    before: Option<&State>,
) -> Vec<String> {
    let mut lines = Vec::new();
    let start = before.unwrap_or(now);
    let mut address = report.start;
    let mut old = start.snapshot.registers;
    let mode = now.ground.config.mode;
    for step in &report.steps {
        let text = disassembly::at(now, address).map_or("?".to_owned(), |line| line.text);
        let changed = changed(painter, now, mode, &old, &step.registers);
        let line = format!(
            "{}  {text:<28}  {changed}",
            painter.paint(Style::Note, &format!("{address:#x}"))
        );
        lines.push(line.trim_end().to_owned());
        (address, old) = (step.next, step.registers);
    }
    if report.more_steps {
        lines.push(painter.paint(Style::Note, "… and more"));
    }
    if !lines.is_empty() {
        lines.push(painter.paint(Style::Note, "in all:"));
    }
    lines
}

fn changed(
    painter: Painter,
    state: &State,
    mode: crate::image::Mode,
    old: &Registers,
    new: &Registers,
) -> String {
    let system = &state.snapshot.system;
    let before = names::general(mode, system, old);
    let after = names::general(mode, system, new);
    let mut parts: Vec<String> = before
        .zip(after)
        .filter(|(a, b)| a.1 != b.1)
        .map(|(_, b)| format!("{} = {:#x}", painter.paint(Style::Name, b.0), b.1.number))
        .collect();
    parts.extend(view::flags(painter, old.flags, new.flags));
    parts.join("  ")
}

/// How guests can be stepped in this state, found out by stepping one.
pub(super) fn pace(session: &super::session::Session) -> Option<Pace> {
    [Pace::ByHypervisor, Pace::ByTrapFlag].into_iter().find(|&pace| session.can_step(pace))
}
