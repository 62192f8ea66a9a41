//! The warnings, one row each, and the switches that turn them on and off: on the command line, and
//! with `[warning ...]` in the source.
//!
//! A warning that is found while a line is read obeys the switches at that line. For warnings that
//! are found after the layout, each section records where the switches changed.

use crate::diagnostic::{Diagnostic, Severity, nearest};

/// A warning that `-W` and `-w` switch.
#[derive(Clone, Copy, Debug)]
pub struct Warning {
    /// The name.
    pub name: &'static str,
    /// Whether it is on by default.
    pub default: bool,
    /// Its meaning, for the documentation.
    pub summary: &'static str,
}

const fn row(name: &'static str, default: bool, summary: &'static str) -> Warning {
    Warning { name, default, summary }
}

/// All warnings, sorted by name.
#[rustfmt::skip]
pub static WARNINGS: &[Warning] = &[
    row("db-empty", true, "db or one of its family without a value"),
    row("ea-absolute", true, "an address that is a plain number cannot be relative to rip"),
    row("ea-dispsize", true, "a size in the brackets that an address without registers does not have"),
    row("float-denorm", false, "a floating-point number so small that it loses precision"),
    row("float-overflow", true, "a floating-point number too large for its size becomes infinity"),
    row("float-underflow", false, "a floating-point number too small for its size becomes zero"),
    row("label-orphan", true, "a name alone on a line, without a colon: perhaps a misspelt instruction"),
    row("label-orphan-local", true, "a local label with no label before it"),
    row("mode", true, "the mode in the metadata is not the mode of the code"),
    row("number-overflow", true, "a number does not fit its field and is truncated"),
    row("other", true, "something is ignored"),
    row("pp-else-elif", true, "%elif after the %else of its %if"),
    row("pp-else-else", true, "%else after the %else of its %if"),
    row("pp-macro-params-legacy", true, "a comma after the last parameter of a multi-line macro"),
    row("pp-macro-params-multi", true, "a call with a number of parameters that the macro does not take is not expanded"),
    row("pp-rep-negative", true, "%rep with a negative number"),
    row("pp-sel-range", true, "%sel() with a number for which it has no argument"),
    row("pp-trailing", true, "unexpected words after a preprocessor directive"),
    row("prefix-bnd", true, "bnd before an instruction on which it has no effect"),
    row("prefix-lock", true, "lock before an instruction that the CPU does not allow it for"),
    row("prefix-opsize", true, "o16, o32 or o64 before operands of another size"),
    row("regsize", true, "a size before a register of another size has no effect"),
    row("segment-end", true, "space after the first 64 KiB, which real-mode addresses cannot reach"),
    row("unknown-warning", true, "[warning] with an unknown name"),
    row("unused-define", false, "a %define that nothing uses"),
    row("user", true, "what %warning says"),
    row("warn-stack-empty", true, "[warning pop] without push"),
    row("zeroing", true, "space reserved in a section with contents is zeros"),
];

/// Warnings that only NASM has. Switching them is allowed and has no effect.
#[rustfmt::skip]
static ELSEWHERE: &[&str] = &[
    "bad-pragma", "float-toolong", "forward",
    "label-redef", "label-redef-late", "macro-params", "obsolete-nop", "obsolete-removed",
    "obsolete-valid", "orphan-labels", "phase",
    "pp-empty-braces", "pp-environment", "pp-macro-def-case-single",
    "pp-macro-def-greedy-single", "pp-macro-def-param-single", "pp-macro-defaults",
    "pp-macro-params-single", "pp-macro-redef-multi",
    "pp-open-braces", "pp-open-brackets", "pp-open-string",
    "pragma-bad", "pragma-empty", "pragma-na", "pragma-unknown", "prefix-hle",
    "prefix-seg", "ptr", "reloc", "zext-reloc",
];

/// Which warnings are reported, and which of those are errors.
#[derive(Clone, Debug)]
pub struct Switches {
    heard: [bool; WARNINGS.len()],
    errors: [bool; WARNINGS.len()],
}

impl Default for Switches {
    fn default() -> Self {
        let mut heard = [false; WARNINGS.len()];
        for (heard, row) in heard.iter_mut().zip(WARNINGS) {
            *heard = row.default;
        }
        Self { heard, errors: [false; WARNINGS.len()] }
    }
}

impl Switches {
    /// Sets one switch, in the syntax of the argument of `-W` or `-w`: `NAME` or `+NAME`, `no-NAME`
    /// or `-NAME`, `error`, `error=NAME`. A name also stands for all warnings that begin with it
    /// and a hyphen, and `all` for all warnings.
    ///
    /// # Errors
    /// The warning does not exist; the message may suggest another name.
    pub fn set(&mut self, switch: &str) -> Result<(), String> {
        let (on, rest) = match (switch.strip_prefix('+'), switch.strip_prefix('-')) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => (true, switch),
        };
        let (on, rest) = rest.strip_prefix("no-").map_or((on, rest), |rest| (false, rest));
        let (as_error, name) = match rest.strip_prefix("error") {
            Some("") => (true, "all"),
            Some(rest) if rest.starts_with('=') => (true, rest.trim_start_matches('=')),
            _ => (false, rest),
        };
        let mut found = false;
        for (row, (heard, error)) in
            WARNINGS.iter().zip(self.heard.iter_mut().zip(&mut self.errors))
        {
            if !covers(name, row.name) {
                continue;
            }
            found = true;
            // `-Werror` alone applies to the warnings that are on.
            match (as_error, on) {
                (false, _) => *heard = on,
                (true, false) => *error = false,
                (true, true) => (*error, *heard) = (true, *heard || rest != "error"),
            }
        }
        if found || ELSEWHERE.iter().any(|other| covers(name, other)) {
            return Ok(());
        }
        let near = nearest(name, WARNINGS.iter().map(|row| row.name));
        Err(match near {
            Some(near) => format!("there is no warning `{name}`; did you mean `{near}`?"),
            None => format!("there is no warning `{name}`"),
        })
    }

    /// Resets the warnings with this name to their switches in `base`.
    ///
    /// # Errors
    /// The warning does not exist; the message may suggest another name.
    pub fn reset(&mut self, name: &str, base: &Self) -> Result<(), String> {
        self.clone().set(name)?;
        for (number, row) in WARNINGS.iter().enumerate() {
            if covers(name, row.name) {
                self.heard[number] = base.heard[number];
                self.errors[number] = base.errors[number];
            }
        }
        Ok(())
    }

    /// Whether a warning is reported.
    #[must_use]
    pub fn is_heard(&self, name: &str) -> bool {
        WARNINGS.iter().zip(self.heard).any(|(row, heard)| heard && row.name == name)
    }

    /// Removes the diagnostics that are switched off, and turns warnings into errors where the user
    /// asked for it.
    pub fn apply(&self, diagnostics: &mut Vec<Diagnostic>) {
        diagnostics.retain_mut(|diagnostic| {
            let number = diagnostic.name.and_then(|n| WARNINGS.iter().position(|w| w.name == n));
            let Some(number) = number.filter(|_| diagnostic.severity == Severity::Warning) else {
                return true;
            };
            if self.errors.get(number) == Some(&true) {
                diagnostic.severity = Severity::Error;
            }
            self.heard.get(number) == Some(&true)
        });
    }
}

/// Whether a switch of this name applies to `warning`.
fn covers(name: &str, warning: &str) -> bool {
    name == "all"
        || warning.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// The switches as `[warning ...]` changes them.
#[derive(Debug, Default)]
pub(crate) struct SwitchHistory {
    /// The switches of the user.
    base: Switches,
    /// The switches in effect.
    now: Switches,
    /// The switches that `push` saved.
    stack: Vec<Switches>,
    /// The switches before the line that changed them, until they are taken.
    before: Option<Box<Switches>>,
    /// The number of changes.
    count: u32,
}

/// The switches in effect from a position of a section on.
#[derive(Debug)]
pub(crate) struct SwitchChange {
    /// The number of records before it.
    record: u32,
    /// The number of fixed bytes before it.
    fixed: u64,
    /// The number of the change.
    count: u32,
    switches: Switches,
}

/// The maximum depth of `push`.
const MAX_PUSHED: usize = 1000;

/// Why a switch cannot be set: the name of a warning, and its message.
pub(crate) type Refused = (&'static str, String);

impl SwitchHistory {
    /// Begins with the switches of the user.
    pub(crate) fn new(base: Switches) -> Self {
        Self { now: base.clone(), base, ..Self::default() }
    }

    /// Executes the words after `warning`.
    pub(crate) fn turn(&mut self, words: &str) -> Result<(), Refused> {
        let words = words.to_ascii_lowercase();
        let mut now = self.now.clone();
        match words.as_str() {
            "" => return Ok(()),
            "push" if self.stack.len() >= MAX_PUSHED => {
                return Err(("other", format!("more than {MAX_PUSHED} times `push`")));
            }
            "push" => self.stack.push(now.clone()),
            "pop" => {
                let nothing =
                    || ("warn-stack-empty", "there is no `push` for this `pop`".to_owned());
                now = self.stack.pop().ok_or_else(nothing)?;
            }
            words => match words.strip_prefix('*') {
                Some(name) => now.reset(name, &self.base),
                None => now.set(words),
            }
            .map_err(|message| ("unknown-warning", message))?,
        }
        let before = std::mem::replace(&mut self.now, now);
        self.before.get_or_insert_with(|| Box::new(before));
        self.count += 1;
        Ok(())
    }

    /// Whether no switch was changed yet.
    #[inline(always)]
    pub(crate) fn are_none(&self) -> bool {
        self.count == 0
    }

    /// The switches before the last change, if there was one since the last call.
    pub(crate) fn take_before(&mut self) -> Option<Box<Switches>> {
        self.before.take()
    }

    /// The switches in effect.
    pub(crate) fn now(&self) -> &Switches {
        &self.now
    }

    /// Records the switches in effect at a position of a section.
    pub(crate) fn note(&self, turns: &mut Vec<SwitchChange>, record: u32, fixed: u64) {
        let known = turns.last().map_or(0, |turn| turn.count);
        if known != self.count {
            turns.push(SwitchChange {
                record,
                fixed,
                count: self.count,
                switches: self.now.clone(),
            });
        }
    }

    /// The switches in effect for a statement at a position.
    pub(crate) fn at<'a>(
        &'a self,
        turns: &'a [SwitchChange],
        record: u32,
        fixed: u64,
    ) -> &'a Switches {
        let after = turns.partition_point(|turn| turn.record <= record && turn.fixed <= fixed);
        turns.get(after.wrapping_sub(1)).map_or(&self.base, |turn| &turn.switches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Span;

    fn left(switches: &[&str]) -> Vec<(&'static str, Severity)> {
        let mut set = Switches::default();
        for switch in switches {
            set.set(switch).unwrap();
        }
        let names = ["number-overflow", "float-underflow", "label-orphan", "label-orphan-local"];
        let mut all: Vec<_> =
            names.into_iter().map(|n| Diagnostic::warning(n, Span::default(), "")).collect();
        set.apply(&mut all);
        all.iter().map(|d| (d.name.unwrap(), d.severity)).collect()
    }

    #[test]
    fn switches_are_read_as_nasm_writes_them() {
        use Severity::{Error, Warning};
        let usual = left(&[]);
        assert_eq!(
            usual.iter().map(|w| w.0).collect::<Vec<_>>(),
            ["number-overflow", "label-orphan", "label-orphan-local"]
        );
        for off in ["-label-orphan", "no-label-orphan", "-label"] {
            assert_eq!(left(&[off]), [("number-overflow", Warning)], "{off}");
        }
        assert_eq!(left(&["-all"]), []);
        assert_eq!(left(&["-all", "+float"]), [("float-underflow", Warning)]);
        assert_eq!(left(&["-all", "error=float-underflow"]), [("float-underflow", Error)]);
        assert!(left(&["error"]).iter().all(|w| w.1 == Error && w.0 != "float-underflow"));
        assert_eq!(left(&["error", "-error=label", "all"])[2], ("label-orphan", Warning));
        assert_eq!(left(&["-phase"]), usual);
    }

    #[test]
    fn a_switch_of_no_warning_is_refused_with_the_nearest() {
        let refused = |switch| Switches::default().set(switch).unwrap_err();
        assert!(refused("-label-orphn").ends_with("did you mean `label-orphan`?"));
        assert_eq!(refused("frobnicate"), "there is no warning `frobnicate`");
        assert_eq!(refused("error=x"), "there is no warning `x`");
        assert_eq!(refused(""), "there is no warning ``");
    }

    #[test]
    fn the_rows_are_in_order() {
        assert!(WARNINGS.is_sorted_by_key(|row| row.name));
    }
}
