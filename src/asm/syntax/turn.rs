//! `[warning +NAME]` and its like: which warnings the source wants from which line on.
//!
//! Knows the switches, and nothing of when a warning is due. A warning that is found while a line
//! is read meets the switches of that moment; for those found at the end, when the lengths are
//! settled, each section remembers where they were turned.

use super::warning::Switches;

/// The switches as the source turns them.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    /// What the user asked for.
    base: Switches,
    /// What holds now.
    now: Switches,
    /// What `push` put aside.
    stack: Vec<Switches>,
    /// What held before the line that turned a switch, until that is taken.
    before: Option<Box<Switches>>,
    /// How often a switch was turned.
    count: u32,
}

/// The switches from a place of a section on.
#[derive(Debug)]
pub(crate) struct Turn {
    /// How many records stand before it.
    record: u32,
    /// How many fixed bytes stand before it.
    fixed: u64,
    /// The number of this turn.
    count: u32,
    switches: Switches,
}

/// Most switches that `push` puts aside.
const MAX_PUSHED: usize = 1000;

/// Why a switch cannot be turned: the name of the warning that says so, and its words.
pub(crate) type Refused = (&'static str, String);

impl Turns {
    /// Begins with what the user asked for.
    pub(crate) fn new(base: Switches) -> Self {
        Self { now: base.clone(), base, ..Self::default() }
    }

    /// Does what stands behind `warning`.
    pub(crate) fn turn(&mut self, words: &str) -> Result<(), Refused> {
        let words = words.to_ascii_lowercase();
        let mut now = self.now.clone();
        match words.as_str() {
            "" => return Ok(()),
            "push" if self.stack.len() >= MAX_PUSHED => {
                return Err(("other", format!("more than {MAX_PUSHED} times put aside")));
            }
            "push" => self.stack.push(now.clone()),
            "pop" => {
                let nothing = || ("warn-stack-empty", "there is no `push` for this".to_owned());
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

    /// Whether no switch was turned yet.
    #[inline(always)]
    pub(crate) fn are_none(&self) -> bool {
        self.count == 0
    }

    /// What held before the switch that was turned since this was asked.
    pub(crate) fn take_before(&mut self) -> Option<Box<Switches>> {
        self.before.take()
    }

    /// What holds now.
    pub(crate) fn now(&self) -> &Switches {
        &self.now
    }

    /// Notes in what holds from here on, in a section that has so many records and fixed bytes.
    pub(crate) fn note(&self, turns: &mut Vec<Turn>, record: u32, fixed: u64) {
        let known = turns.last().map_or(0, |turn| turn.count);
        if known != self.count {
            turns.push(Turn { record, fixed, count: self.count, switches: self.now.clone() });
        }
    }

    /// What holds for a statement with so many records and fixed bytes before it.
    pub(crate) fn at<'a>(&'a self, turns: &'a [Turn], record: u32, fixed: u64) -> &'a Switches {
        let after = turns.partition_point(|turn| turn.record <= record && turn.fixed <= fixed);
        turns.get(after.wrapping_sub(1)).map_or(&self.base, |turn| &turn.switches)
    }
}
