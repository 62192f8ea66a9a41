//! One statement: its first words decide whether it is a label, a directive or an instruction.

use super::Parser;
use super::other_assemblers;
use crate::asm::object::record::Times;
use crate::asm::preprocess::Preprocessor;
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::directive::Action;
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::table;
use crate::asm::syntax::token::{Punctuation as P, Token, TokenKind};
use crate::asm::syntax::word::{self, Word, WordId};
use crate::asm::value::symbols::Definition;
use crate::diagnostic::{Severity, Sources, nearest};

/// The maximum number of suggestions for unknown words: each one searches the whole table.
const MAX_SUGGESTIONS: u32 = 200;

impl Parser<'_> {
    /// Reads one statement with its label.
    pub(super) fn statement(&mut self, cursor: &mut Cursor<'_>, sources: &Sources) -> Wrong<()> {
        self.scratch.instruction.operands.clear();
        self.set_code(false);
        match cursor.kind() {
            Some(TokenKind::Punctuation(P::BracketOpen)) => return self.bracketed(cursor),
            Some(TokenKind::Punctuation(P::BraceOpen)) => return self.body(cursor, None),
            Some(TokenKind::Identifier) => {}
            // The lexer has reported it.
            Some(TokenKind::Unknown) => return Ok(()),
            _ => {
                let mistake = cursor.expected("a label, an instruction or a directive");
                return Err(match cursor.is(P::SlashSlash) {
                    true => mistake.help("a comment begins with `;`"),
                    false => mistake,
                });
            }
        }
        let Some(token) = cursor.peek() else { return Ok(()) };
        let second = cursor.peek_second();
        if second.is_some_and(|t| t.is(P::Colon)) {
            cursor.skip();
            cursor.skip();
            return self.labelled(cursor.text(token), token, cursor);
        }
        let word = token.word.statement();
        // The name of a refused directive can still be a label.
        let is_label = matches!(word, Some(Word::Directive(Action::Refuse(_))))
            && second.is_none_or(starts_statement);
        if !is_label && (word.is_some() || is_segment(token.word)) {
            return self.worded(word, cursor, None);
        }
        let (text, location) = (cursor.text(token), Location::from(token));
        match second {
            None => {
                self.define_label(text, token)?;
                self.warn_orphan(text, location);
                Ok(())
            }
            Some(next) if next.kind == TokenKind::Identifier && starts_statement(next) => {
                cursor.skip();
                self.labelled(text, token, cursor)
            }
            Some(next) => Err(self.named_from_habit(text, location, sources.text(next.span))),
        }
    }

    /// What follows a label.
    fn labelled(&mut self, label: &str, token: &Token, cursor: &mut Cursor<'_>) -> Wrong<()> {
        if matches!(cursor.known().statement(), Some(Word::Directive(Action::Equ))) {
            cursor.skip();
            return self.equ(label, token, cursor);
        }
        let outcome = self.define_label(label, token);
        if let Err(mistake) = outcome {
            self.mistakes.push(mistake);
        }
        if cursor.is_at_end() { Ok(()) } else { self.body(cursor, None) }
    }

    /// A statement without its label. `times` is the count before it.
    pub(crate) fn body(&mut self, cursor: &mut Cursor<'_>, times: Option<Times>) -> Wrong<()> {
        let brace = matches!(cursor.kind(), Some(TokenKind::Punctuation(P::BraceOpen)));
        if brace {
            return self.instruction(None, cursor, times);
        }
        if cursor.kind() == Some(TokenKind::Unknown) {
            return Ok(());
        }
        if cursor.kind() != Some(TokenKind::Identifier) {
            return Err(cursor.expected("an instruction or a directive"));
        }
        self.worded(cursor.known().statement(), cursor, times)
    }

    /// A statement whose first word is known.
    fn worded(
        &mut self,
        word: Option<Word>,
        cursor: &mut Cursor<'_>,
        times: Option<Times>,
    ) -> Wrong<()> {
        match word {
            Some(Word::Directive(Action::Times)) => {
                cursor.skip();
                self.times(cursor, times)
            }
            Some(Word::Directive(action)) => {
                let location = cursor.location();
                cursor.skip();
                self.directive(action, location, cursor, times)
            }
            Some(Word::Mnemonic(_) | Word::Prefix(_)) => self.instruction(word, cursor, times),
            None if is_segment(cursor.known()) => self.instruction(None, cursor, times),
            None => Err(self.unknown_word(cursor.word().unwrap_or_default(), cursor.location())),
        }
    }

    /// `[bits 32]` and the like.
    fn bracketed(&mut self, cursor: &mut Cursor<'_>) -> Wrong<()> {
        cursor.skip();
        let Some(action) = cursor.known().in_brackets() else {
            return Err(cursor.expected("a directive in the brackets"));
        };
        let location = cursor.location();
        cursor.skip();
        let Some((mut inside, behind)) = cursor.split_at_last(P::BracketClose) else {
            return Err(Mistake::error(location, "this bracket is never closed").label("no `]`"));
        };
        if !behind.is_at_end() {
            let rest = behind.location_of_rest();
            let mistake =
                Mistake::warning("other", rest, "nothing is read behind a directive in brackets");
            self.mistakes.push(mistake.label("ignored").help("a comment begins with `;`"));
        }
        self.directive(action, location, &mut inside, None)
    }

    /// Returns an error unless the line ends here.
    pub(crate) fn expect_end(&mut self, cursor: &Cursor<'_>) -> Wrong<()> {
        if cursor.is_at_end() { Ok(()) } else { Err(cursor.expected("the end of the line")) }
    }

    /// A comma that was taken and is the last token of the line. NASM reads over it.
    pub(crate) fn warn_of_comma(&mut self, cursor: &Cursor<'_>) {
        let location = cursor.location_since(cursor.taken().saturating_sub(1));
        let message = "nothing stands behind this comma";
        self.mistakes.push(Mistake::warning("other", location, message).label("ignored"));
    }

    fn warn_orphan(&mut self, text: &str, location: Location) {
        let message = format!("`{text}` alone on a line is a label");
        let help = format!("write `{text}:` if it is meant to be a label");
        let mistake = Mistake::warning("label-orphan", location, message).help(help).unknown(text);
        // For a line such as `.data` this warning says more than the other one.
        self.mistakes
            .retain(|m| m.location != location || m.diagnostic.name != Some("label-orphan-local"));
        self.mistakes.push(mistake);
    }

    fn unknown_word(&mut self, text: &str, location: Location) -> Box<Mistake> {
        if self
            .object
            .symbols
            .find(text)
            .is_some_and(|id| !matches!(self.object.symbols.definition(id), Definition::Undefined))
        {
            return Mistake::error(location, format!("`{text}` is a label, not an instruction"));
        }
        Mistake::error(location, format!("unknown instruction `{text}`")).unknown(text)
    }

    /// A name followed by a word of another assembler.
    fn named_from_habit(&mut self, name: &str, location: Location, word: &str) -> Box<Mistake> {
        match other_assemblers::behind_name(name, word) {
            Some(help) => {
                Mistake::error(location, format!("`{name} {word}` is not NASM syntax")).help(help)
            }
            None => self.unknown_word(name, location),
        }
    }
}

/// Suggests what a word at the start of a statement was probably meant to be. `count` is the number
/// of suggestions so far.
pub(super) fn suggest(
    mistake: &mut Mistake,
    word: &str,
    preprocessor: &Preprocessor<'_>,
    count: &mut u32,
) {
    let diagnostic = &mut mistake.diagnostic;
    let is_warning = diagnostic.severity == Severity::Warning;
    // A word that takes something after it elsewhere is a label where it stands alone.
    let is_label = is_warning && word.starts_with('.') && !other_assemblers::stands_alone(word);
    if is_label {
        return;
    }
    if let Some(help) = other_assemblers::statement(word) {
        diagnostic.label = "not NASM syntax".to_owned();
        diagnostic.help = Some(help);
        return;
    }
    *count += 1;
    if *count > MAX_SUGGESTIONS {
        return;
    }
    let words = table::mnemonics().chain(word::statement_words());
    // The word itself is in the list if it can only be a label.
    let words = words.filter(|known| !known.eq_ignore_ascii_case(word));
    // Of a label that stands alone only a likely misspelling is asked.
    let initial = |name: &&str| !is_warning || starts_alike(name, word);
    let words = words.filter(initial);
    let macros = preprocessor.macro_names().filter(|name| !name.eq_ignore_ascii_case(word));
    let near = nearest(word, macros).or_else(|| nearest(word, words));
    if let Some(near) = near {
        diagnostic.help = Some(match is_warning {
            true => format!("did you mean `{near}`? To define a label, write `{word}:`"),
            false => format!("did you mean `{near}`?"),
        });
    }
}

/// Whether two words begin with the same letter.
fn starts_alike(a: &str, b: &str) -> bool {
    let first = |word: &str| word.bytes().next().map(|byte| byte.to_ascii_lowercase());
    first(a) == first(b)
}

fn is_segment(word: WordId) -> bool {
    word.register().is_some_and(iced_x86::Register::is_segment_register)
}

/// Whether a word begins a statement and so cannot be a label without a colon.
fn starts_statement(token: &Token) -> bool {
    token.word.statement().is_some() || is_segment(token.word)
}
