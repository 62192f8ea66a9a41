//! The objects that `--json` prints. docs/command-line.md describes their keys.
//!
//! Addresses and registers are strings, because many readers of JSON cannot hold 64-bit integers.

use crate::diagnostic::text::visible;
use crate::diagnostic::{Diagnostic, Sources, Span};
use crate::machine::outcome::{Fault, Location, Outcome, Report};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// A diagnostic.
pub(super) fn diagnostic(sources: &Sources, diagnostic: &Diagnostic) -> Value {
    let at = sources.position(diagnostic.span);
    json!({
        "file": at.file,
        "line": at.line,
        "column": at.column,
        "severity": diagnostic.severity.name(),
        "message": visible(&diagnostic.message),
        "help": diagnostic.help.as_deref().map(visible),
    })
}

/// A run that came to an end, and the exit status of the process.
pub(super) fn report(sources: &Sources, report: &Report, assemble: Duration, status: u8) -> Value {
    let code = match report.outcome {
        Outcome::Halted => Some(0),
        Outcome::Exited(code) => Some(code),
        _ => None,
    };
    let fault = match &report.outcome {
        Outcome::Faulted(fault) => Some(self::fault(sources, fault)),
        _ => None,
    };
    let us = |time: Duration| time.as_secs() * 1_000_000 + u64::from(time.subsec_micros());
    let stats = &report.stats;
    json!({
        "outcome": report.outcome.name(),
        "code": code,
        "exit_value": report.exit_value,
        "status": status,
        "fault": fault,
        "place": report.place.as_ref().map(|location| place(sources, location)),
        "stats": {
            "assemble_us": us(assemble),
            "create_us": us(stats.create),
            "boot_us": us(stats.boot),
            "run_us": us(stats.run),
            "tear_down_us": us(stats.tear_down),
            "exits": stats.exits,
            "cpu": report.used.name(),
            "completed": stats.help.instructions,
            "moved": stats.help.for_good,
        },
    })
}

fn source(sources: &Sources, span: Span) -> Value {
    let at = sources.position(span);
    json!({ "file": at.file, "line": at.line, "column": at.column })
}

fn place(sources: &Sources, place: &Location) -> Value {
    json!({
        "address": format!("{:#x}", place.address),
        "instruction": place.instruction,
        "help": place.help,
        "source": place.span.map(|span| source(sources, span)),
    })
}

fn fault(sources: &Sources, fault: &Fault) -> Value {
    let details: Map<_, _> =
        fault.details.iter().map(|&(name, value)| (name.to_owned(), json!(value))).collect();
    let registers: Map<_, _> = fault
        .registers
        .iter()
        .map(|&(name, value)| (name.to_owned(), json!(format!("{value:#x}"))))
        .chain(fault.vectors.iter().map(|(name, value)| {
            let [a, b, c, d] = value;
            (name.clone(), json!(format!("0x{d:016x}{c:016x}{b:016x}{a:016x}")))
        }))
        .collect();
    json!({
        "kind": fault.kind,
        "message": fault.message,
        "help": fault.help,
        "details": details,
        "address": format!("{:#x}", fault.address),
        "instruction": fault.instruction,
        "source": fault.span.map(|span| source(sources, span)),
        "origin": fault.origin.as_ref().map(|origin| place(sources, origin)),
        "registers": registers,
    })
}

/// A run that could not begin.
pub(super) fn not_run(error: &str, diagnostics: Vec<Value>, status: u8) -> Value {
    json!({
        "outcome": "not-run",
        "code": null,
        "status": status,
        "error": error,
        "diagnostics": diagnostics,
    })
}
