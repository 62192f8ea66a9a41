//! Text that the preprocessor makes up: it is kept in a source of its own, so that its tokens have
//! spans as all others.
//!
//! Knows nothing of what the text is for.

use super::{Preprocessor, limits};
use crate::asm::syntax::lexer;
use crate::asm::syntax::token::{Origin, Token};

/// What messages call the source of made-up text.
const NAME: &str = "<made by macros>";

impl Preprocessor<'_> {
    /// Appends the tokens of `text`, which must be one line, to `out`. `at` is the token that
    /// it is made for. False, and all at an end, when there is too much of such text.
    pub(super) fn make(&mut self, text: &str, at: &Token, out: &mut Vec<Token>) -> bool {
        self.spent.made = self.spent.made.saturating_add(text.len() + 1);
        if self.spent.made > limits::MADE_TEXT {
            let most = limits::MADE_TEXT >> 20;
            self.give_up(format!("macros make up more than {most} MiB of text"));
            return false;
        }
        let made = self.made_source();
        let Some(start) = self.sources.append(made, text) else { return false };
        let before = out.len();
        let origin = self.made_origin(at);
        let all = self.sources.get(made).map_or("", |source| source.text.as_str());
        lexer::line(all, made, start, &self.filter, out);
        for token in out.iter_mut().skip(before) {
            token.origin = origin;
        }
        if let Some(token) = out.get_mut(before) {
            token.space_before = at.space_before;
        }
        true
    }

    /// Made-up text is of the macro that it is made in; outside of macros a row of its own leads
    /// to the place in the text.
    fn made_origin(&mut self, at: &Token) -> Origin {
        self.origins.enter(at, Default::default()).unwrap_or(at.origin)
    }

    /// The source of made-up text. A further run over the same texts takes up that of the last.
    fn made_source(&mut self) -> crate::diagnostic::FileId {
        if let Some(made) = self.made {
            return made;
        }
        let made = match self.sources.find(NAME) {
            Some(made) => {
                self.sources.clear(made);
                made
            }
            None => self.sources.add(NAME, None, String::new()),
        };
        self.made = Some(made);
        made
    }
}
