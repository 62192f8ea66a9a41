//! What a golden case expects beyond its output: the keys of its `.toml`.
//!
//! Text to value, and value against outcome; reads no files and runs nothing.

use super::generate::Generator;
use crate::applet::table::{self, Key, store};
use crate::applet::value::{self, Timeout};
use crate::diagnostic::{Diagnostic, FileId};
use crate::machine::outcome::Outcome;

/// What deviates from an applet without arguments that ends with code 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The arguments.
    pub args: Vec<String>,
    /// The exit code; 0 if it does not say.
    pub exit: Option<u8>,
    /// The name of the outcome; `halt` or `exit` if it does not say.
    pub outcome: Option<String>,
    /// The limit on wall time.
    pub timeout: Option<Timeout>,
    /// Makes RANDOM repeatable.
    pub seed: Option<u64>,
    /// Makes standard input, instead of a `.stdin`.
    pub stdin_from: Option<Generator>,
    /// The SHA-256 of standard output in hexadecimal, instead of a `.stdout`.
    pub stdout_sha256: Option<String>,
    /// Initial registers, `name=value` each.
    pub registers: Vec<(String, u64)>,
}

const KEYS: &[Key<Expectation>] = &[
    Key { name: "args", set: |e, v| store(&mut e.args, v.texts()?) },
    Key {
        name: "exit",
        set: |e, v| {
            let code = u8::try_from(v.number()?).map_err(|_| "an exit code is at most 255")?;
            store(&mut e.exit, Some(code))
        },
    },
    Key {
        name: "outcome",
        set: |e, v| {
            let name = v.text()?;
            if !Outcome::NAMES.contains(&name) {
                return Err(format!("the outcomes are {}", Outcome::NAMES.join(", ")));
            }
            store(&mut e.outcome, Some(name.to_owned()))
        },
    },
    Key { name: "timeout", set: |e, v| store(&mut e.timeout, Some(value::timeout(v.text()?)?)) },
    Key {
        name: "stdin_from",
        set: |e, v| store(&mut e.stdin_from, Some(Generator::parse(v.text()?)?)),
    },
    Key {
        name: "stdout_sha256",
        set: |e, v| {
            let digest = v.text()?;
            if digest.len() != 64 || !digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            {
                return Err("a SHA-256 has 64 hexadecimal digits, in small letters".to_owned());
            }
            store(&mut e.stdout_sha256, Some(digest.to_owned()))
        },
    },
    Key { name: "seed", set: |e, v| store(&mut e.seed, Some(v.number()?)) },
    Key {
        name: "reg",
        set: |e, v| {
            let texts = v.texts()?;
            let registers: Result<_, _> = texts.iter().map(|t| value::register(t)).collect();
            store(&mut e.registers, registers?)
        },
    },
];

/// Reads `toml`, which stands at offset `base` of `file`.
pub(super) fn read(toml: &str, file: FileId, base: usize) -> Result<Expectation, Vec<Diagnostic>> {
    table::read(KEYS, toml, file, base)
}

impl Expectation {
    /// How `outcome` differs from what is expected, if it does.
    #[must_use]
    pub fn outcome_mismatch(&self, outcome: &Outcome) -> Option<String> {
        let (name, code) = (outcome.name(), code(outcome));
        let fits = match (&self.outcome, code) {
            (Some(expected), _) if expected != name => false,
            (None, None) => false,
            (_, Some(code)) => self.exit.unwrap_or(0) == code,
            (Some(_), None) => true,
        };
        if fits {
            return None;
        }
        let actual = code.map_or(name.to_owned(), |code| format!("{name} with code {code}"));
        let wanted = self.outcome.as_deref().unwrap_or("exit");
        let wanted = match wanted {
            "exit" | "halt" => format!("{wanted} with code {}", self.exit.unwrap_or(0)),
            other => other.to_owned(),
        };
        Some(format!("outcome: expected {wanted}, got {actual}"))
    }
}

/// The exit code of an applet that ended by itself.
const fn code(outcome: &Outcome) -> Option<u8> {
    match outcome {
        Outcome::Halted => Some(0),
        Outcome::Exited(code) => Some(*code),
        _ => None,
    }
}

/// The text of a `.toml`, changed to expect a standard output of this SHA-256.
pub(super) fn rewrite_digest(toml: &str, digest: &str) -> String {
    let is_digest = |line: &str| line.split('=').next().unwrap_or("").trim() == "stdout_sha256";
    let lines = toml.lines().map(|line| match is_digest(line) {
        true => format!("stdout_sha256 = \"{digest}\"\n"),
        false => format!("{line}\n"),
    });
    lines.collect()
}

/// The text of a `.toml`, changed to expect `outcome`; the other keys and comments stay.
pub(super) fn rewrite(toml: &str, outcome: &Outcome) -> String {
    let is_about_outcome = |line: &&str| {
        let key = line.split('=').next().unwrap_or("").trim();
        key == "exit" || key == "outcome"
    };
    let mut text: String =
        toml.lines().filter(|l| !is_about_outcome(l)).flat_map(|l| [l, "\n"]).collect();
    match code(outcome) {
        Some(0) => {}
        Some(code) => text.push_str(&format!("exit = {code}\n")),
        None => text.push_str(&format!("outcome = \"{}\"\n", outcome.name())),
    }
    text
}
