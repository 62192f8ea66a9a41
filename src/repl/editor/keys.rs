//! What the Enter and Ctrl-C keys do, and where the keys behind them go.
//!
//! rustyline reads what there is, and forgets what it has read behind the Enter key. But that may
//! be meant for the guest. So Enter does not end the reading: from then on reads do not wait, the
//! keys that come out of rustyline's buffer are put aside, and when it has run dry, rustyline takes
//! that for the end of input and returns.
//!
//! What is pasted is put together here too, so that its lines are continued as typed ones are.

use super::terminal;
use crate::repl::entry;
use rustyline::{
    Cmd, ConditionalEventHandler, Event, EventContext, KeyCode, KeyEvent, Modifiers, Movement,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a continued line begins with; the highlighter shows a prompt there.
pub(super) const INDENT: &str = "    ";

/// How far the reading of an entry has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// It is being typed.
    #[default]
    Typing,
    /// Enter was pressed on this.
    Entered(String),
    /// Ctrl-C was pressed, on an empty line or not.
    Interrupted { was_empty: bool },
}

/// What the keys left.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// How far it has come.
    pub(super) stage: Stage,
    /// What was read behind the Enter key.
    pub(super) ahead: String,
    /// What is being pasted.
    pasted: Option<String>,
}

/// The keys and the editor both look at it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Mutex<Typed>>);

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Typed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks at all keys.
pub(super) struct Keys(pub(super) Shared);

/// The key without the ways to say it.
fn plain(key: KeyEvent) -> KeyEvent {
    let key = KeyEvent::normalize(key);
    let is_enter = matches!(
        key,
        KeyEvent(KeyCode::Enter, Modifiers::NONE)
            | KeyEvent(KeyCode::Char('J' | 'M'), Modifiers::CTRL)
    );
    if is_enter { KeyEvent(KeyCode::Enter, Modifiers::NONE) } else { key }
}

/// What a key is in a text.
fn character(key: KeyEvent) -> Option<char> {
    match key {
        KeyEvent(KeyCode::Enter, _) => Some('\n'),
        KeyEvent(KeyCode::Tab, Modifiers::NONE) | KeyEvent(KeyCode::Char('I'), Modifiers::CTRL) => {
            Some('\t')
        }
        KeyEvent(KeyCode::Char(c), Modifiers::NONE) => Some(c),
        _ => None,
    }
}

/// Puts a key aside, as a terminal that hands out lines would.
fn put_aside(ahead: &mut String, key: KeyEvent) {
    match key {
        KeyEvent(KeyCode::Backspace, _) | KeyEvent(KeyCode::Char('H'), Modifiers::CTRL) => {
            if !ahead.ends_with('\n') {
                ahead.pop();
            }
        }
        _ => ahead.extend(character(key)),
    }
}

/// A key of the terminal's that says what comes is pasted, or a key within that.
fn paste(pasted: &mut Option<String>, key: KeyEvent) -> Option<Cmd> {
    match key.0 {
        KeyCode::BracketedPasteStart => *pasted = Some(String::new()),
        KeyCode::BracketedPasteEnd => {
            let text = pasted.take().unwrap_or_default().replace("\r\n", "\n");
            return Some(Cmd::Insert(1, text.replace(['\n', '\r'], &format!("\n{INDENT}"))));
        }
        KeyCode::Enter => pasted.as_mut()?.push('\r'),
        KeyCode::Char('M') if key.1 == Modifiers::CTRL => pasted.as_mut()?.push('\r'),
        KeyCode::Char('J') if key.1 == Modifiers::CTRL => pasted.as_mut()?.push('\n'),
        _ => pasted.as_mut()?.extend(character(key)),
    }
    Some(Cmd::Noop)
}

/// Draws the line once more, without its hint, and leaves the cursor behind it.
fn last_drawing(context: &EventContext<'_>) -> Cmd {
    if context.pos() == context.line().len() {
        Cmd::Repaint
    } else {
        Cmd::Move(Movement::EndOfBuffer)
    }
}

impl ConditionalEventHandler for Keys {
    fn handle(&self, event: &Event, _: u16, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        let typed_key = *event.get(0)?;
        let key = plain(typed_key);
        let mut typed = self.0.lock();
        if typed.stage != Stage::Typing {
            put_aside(&mut typed.ahead, key);
            return Some(Cmd::Noop);
        }
        if let Some(command) = paste(&mut typed.pasted, KeyEvent::normalize(typed_key)) {
            return Some(command);
        }
        let stage = match key {
            KeyEvent(KeyCode::Enter, _) if entry::is_incomplete(context.line()) => {
                return Some(Cmd::Insert(1, format!("\n{INDENT}")));
            }
            KeyEvent(KeyCode::Enter, _) => Stage::Entered(context.line().to_owned()),
            KeyEvent(KeyCode::Char('C'), Modifiers::CTRL) => {
                Stage::Interrupted { was_empty: context.line().is_empty() }
            }
            _ => return None,
        };
        if !terminal::stop_waiting() {
            // Without that, rustyline ends the reading its own way.
            let is_entered = matches!(stage, Stage::Entered(_));
            return is_entered.then_some(Cmd::AcceptLine);
        }
        typed.stage = stage;
        Some(last_drawing(context))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_behind_enter_are_text_again() {
        let mut ahead = String::new();
        for c in "in al\r\u{8}héx\u{7f}y\tz\n\u{1}".chars() {
            put_aside(&mut ahead, plain(KeyEvent::from(c)));
        }
        assert_eq!(ahead, "in al\nhéy\tz\n");
    }

    #[test]
    fn what_is_pasted_is_one_text_with_continued_lines() {
        let start = KeyEvent(KeyCode::BracketedPasteStart, Modifiers::NONE);
        let end = KeyEvent(KeyCode::BracketedPasteEnd, Modifiers::NONE);
        let mut pasted = None;
        assert_eq!(paste(&mut pasted, KeyEvent::from('x')), None);
        for part in [start].into_iter().chain("a\rb\r\nc\n\n".chars().map(KeyEvent::from)) {
            assert_eq!(paste(&mut pasted, KeyEvent::normalize(part)), Some(Cmd::Noop));
        }
        let text = "a\n    b\n    c\n    \n    ".to_owned();
        assert_eq!(paste(&mut pasted, end), Some(Cmd::Insert(1, text)));
        assert_eq!(paste(&mut pasted, KeyEvent::from('x')), None);
    }
}
