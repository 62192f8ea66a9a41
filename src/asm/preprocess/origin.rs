//! Where tokens come from: a table of macro uses, the way from a token in the body of a macro to the
//! use of that macro in the source, and the text that macros generate.
//!
//! Generated text is appended to a source of its own, so that its tokens have spans like all others.

use super::{Preprocessor, limits};
use crate::asm::syntax::lexer;
use crate::asm::syntax::token::{Origin, Token};
use crate::diagnostic::{FileId, Note, Sources, Span};

/// One use of a macro.
#[derive(Clone, Copy, Debug)]
struct Use {
    /// Where it is used: in the text, or in the body of the macro of `parent`.
    span: Span,
    parent: Origin,
    /// Row of `definitions`, plus 1; 0 for text that was made up without a macro.
    definition: u32,
}

/// The table of macro uses, and of the names of the macros.
#[derive(Debug, Default)]
pub(super) struct Origins {
    uses: Vec<Use>,
    definitions: Vec<Span>,
}

/// A definition that a use can refer to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DefinitionId(u32);

impl Origins {
    /// Adds a definition; `name` is where its name stands.
    pub(super) fn define(&mut self, name: Span) -> DefinitionId {
        self.definitions.push(name);
        DefinitionId(u32::try_from(self.definitions.len()).unwrap_or(u32::MAX))
    }

    /// Where the name of a definition stands.
    pub(super) fn definition(&self, id: DefinitionId) -> Span {
        let row = (id.0 as usize).wrapping_sub(1);
        self.definitions.get(row).copied().unwrap_or_default()
    }

    /// Adds a use of `definition` at `token`; none when there are too many.
    pub(super) fn enter(&mut self, token: &Token, definition: DefinitionId) -> Option<Origin> {
        if self.uses.len() >= limits::USES {
            return None;
        }
        let (span, parent) = (token.span, token.origin);
        self.uses.push(Use { span, parent, definition: definition.0 });
        u32::try_from(self.uses.len()).ok().map(Origin)
    }

    fn get(&self, origin: Origin) -> Option<&Use> {
        self.uses.get((origin.0 as usize).checked_sub(1)?)
    }

    /// The place in the text, and a note for each macro on the way: where in it, innermost first.
    /// `made` is the text that no user wrote, to which no note points.
    pub(super) fn locate(
        &self,
        token: &Token,
        made: Option<FileId>,
        sources: &Sources,
    ) -> (Span, Vec<Note>) {
        let (mut span, mut origin, mut notes) = (token.span, token.origin, Vec::new());
        while let Some(row) = self.get(origin) {
            let name = self.definition(DefinitionId(row.definition));
            if row.definition != 0 {
                let location = if Some(span.file) == made { name } else { span };
                let message = format!("in the macro `{}`", sources.text(name));
                if Some(location.file) != made && notes.len() < MAX_NOTES {
                    notes.push(Note { span: location, message });
                }
            }
            (span, origin) = (row.span, row.parent);
        }
        (span, notes)
    }
}

/// Notes that one diagnostic gets at most; a deep recursion has no more to say.
const MAX_NOTES: usize = 8;

/// What messages call the source of made-up text.
const NAME: &str = "<made by macros>";

impl Preprocessor<'_> {
    /// Appends the tokens of `text`, which must be one line, to `out`. `at` is the token that
    /// it is made for. False, and all at an end, when there is too much of such text.
    pub(super) fn generate(&mut self, text: &str, at: &Token, out: &mut Vec<Token>) -> bool {
        self.spent.generated = self.spent.generated.saturating_add(text.len() + 1);
        if self.spent.generated > limits::GENERATED_TEXT {
            let most = limits::GENERATED_TEXT >> 20;
            self.give_up(format!("macros make up more than {most} MiB of text"));
            return false;
        }
        let made = self.generated_source();
        let Some(start) = self.sources.append(made, text) else { return false };
        let before = out.len();
        let origin = self.generated_origin(at);
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
    fn generated_origin(&mut self, at: &Token) -> Origin {
        self.origins.enter(at, Default::default()).unwrap_or(at.origin)
    }

    /// The source of made-up text. A further run over the same texts takes up that of the last.
    fn generated_source(&mut self) -> crate::diagnostic::FileId {
        if let Some(made) = self.generated {
            return made;
        }
        let made = match self.sources.find(NAME) {
            Some(made) => {
                self.sources.clear(made);
                made
            }
            None => self.sources.add(NAME, None, String::new()),
        };
        self.generated = Some(made);
        made
    }
}
