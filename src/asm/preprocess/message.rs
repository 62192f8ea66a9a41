//! The diagnostics of the preprocessor, located in the text that the user wrote.

use super::{Preprocessor, limits};
use crate::asm::syntax::lexer;
use crate::asm::syntax::token::{Token, TokenKind};
use crate::asm::syntax::word;
use crate::diagnostic::{Diagnostic, Severity, Span};

impl Preprocessor<'_> {
    /// An error at a token; for a token from a macro, at the use of the macro.
    pub(super) fn error(&self, token: &Token, message: impl Into<String>) -> Diagnostic {
        let (span, notes) = self.locate(token);
        Diagnostic { notes, ..Diagnostic::error(span, message) }
    }

    /// A warning at a token; for a token from a macro, at the use of the macro.
    pub(super) fn warning(
        &self,
        name: &'static str,
        token: &Token,
        message: impl Into<String>,
    ) -> Diagnostic {
        let (span, notes) = self.locate(token);
        Diagnostic { notes, ..Diagnostic::warning(name, span, message) }
    }

    /// Reports a diagnostic, unless the same one was reported before.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() >= limits::DIAGNOSTICS {
            self.ended = true;
            return;
        }
        if self.said.insert((diagnostic.span, diagnostic.message.clone())) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Moves a diagnostic about one of `tokens` to the place that the user wrote.
    pub(super) fn relocate(&self, mut diagnostic: Diagnostic, tokens: &[Token]) -> Diagnostic {
        let holds = |t: &&Token| {
            t.span.file == diagnostic.span.file
                && t.span.start <= diagnostic.span.start
                && diagnostic.span.start < t.span.end.max(t.span.start + 1)
        };
        if let Some(token) = tokens.iter().find(holds)
            && token.origin.0 != 0
        {
            let (span, notes) = self.locate(token);
            diagnostic.span = span;
            diagnostic.notes.extend(notes);
        }
        diagnostic
    }

    /// The text of tokens, with their spacing.
    pub(super) fn join(&self, tokens: &[Token]) -> String {
        let mut text = String::new();
        for token in tokens {
            if token.space_before && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(self.sources.text(token.span));
        }
        text
    }

    /// Whether the parser can read every token of an expanded line. Reports the others, and removes
    /// everything but a label from the line.
    pub(super) fn check(&mut self, line: &mut Vec<Token>) -> bool {
        let is_wrong = |t: &Token| matches!(t.kind, TokenKind::Unknown | TokenKind::Preprocessor);
        if !line.iter().any(is_wrong) {
            return true;
        }
        self.context_labels(line);
        if !line.iter().any(is_wrong) {
            return true;
        }
        for token in line.iter().filter(|t| is_wrong(t)) {
            let diagnostic = self.explain(token);
            self.report(diagnostic);
        }
        let has_label = line.get(1).is_some_and(|t| self.sources.text(t.span) == ":")
            && line.first().is_some_and(|t| t.kind == TokenKind::Identifier);
        line.truncate(if has_label { 2 } else { 0 });
        has_label
    }

    /// The diagnostic for a token that the parser cannot read.
    pub(super) fn explain(&self, token: &Token) -> Diagnostic {
        let text = self.sources.text(token.span);
        if token.kind == TokenKind::Unknown {
            let (span, notes) = self.locate(token);
            let mut diagnostic = lexer::explain(text, span);
            diagnostic.notes.extend(notes);
            return diagnostic;
        }
        let word = text.get(1..).unwrap_or("");
        let first = word.bytes().next().unwrap_or(b' ');
        match first {
            b'!' => self
                .error(token, "environment variables are not available")
                .label("refused")
                .help("the output of a program depends on its text only"),
            b'0'..=b'9' | b'-' | b'+' | b'{' | b'%' if word != "+" => {
                let help = "as an operator, `%` needs white space after it";
                self.error(token, format!("`{text}` has a meaning only inside a macro"))
                    .label("not in a `%macro`")
                    .help(help)
            }
            b'?' | b'*' => self
                .error(token, format!("`{text}` has a meaning only inside a macro"))
                .label("not in a macro"),
            b'$' => self
                .error(token, format!("`{text}` needs a context"))
                .label("no context is open")
                .help("open one with `%push`"),
            b'+' => self.error(token, "`%+` has nothing to paste").label("one side is empty"),
            b'[' => self.error(token, "this `%[` has no end").label("no `]` on this line"),
            _ if word::register(word).is_some() => self
                .error(token, format!("`{text}` is AT&T syntax"))
                .label("registers have no `%` here")
                .help(format!(
                    "write `{word}`; the destination stands first and numbers have no `$`: \
                     `mov {word}, 5`"
                )),
            _ => self
                .error(token, format!("`{text}` is not an operator"))
                .label("a directive must be at the beginning of a line")
                .help("as an operator, `%` needs white space after it"),
        }
    }

    pub(super) fn warn_of_overflow(&mut self, line: &[Token]) {
        for token in line.iter().filter(|t| t.kind == TokenKind::Number) {
            let scanned = lexer::number::scan(self.sources.text(token.span).as_bytes());
            if let lexer::number::Kind::Integer { overflow: true, value } = scanned.kind {
                let warning = self
                    .warning("number-overflow", token, "this number does not fit in 64 bits")
                    .label(format!("the value is {value:#x}"));
                self.report(warning);
            }
        }
    }

    /// `%error`, `%warning`, `%fatal`.
    pub(super) fn say(&mut self, severity: Severity, directive: &Token, rest: &[Token]) {
        let mut text = String::new();
        for token in rest {
            if token.space_before && !text.is_empty() {
                text.push(' ');
            }
            let word = self.sources.text(token.span);
            match token.kind {
                TokenKind::String => {
                    text.push_str(&String::from_utf8_lossy(&lexer::string::decode(word)));
                }
                _ => text.push_str(word),
            }
        }
        if text.is_empty() {
            text = format!("{} without a message", self.sources.text(directive.span));
        }
        let diagnostic = match severity {
            Severity::Error => self.error(directive, text),
            Severity::Warning => self.warning("user", directive, text),
        };
        let diagnostic = diagnostic.label("reported by the program");
        self.report(diagnostic);
    }

    /// Reports unexpected tokens at the end of a directive.
    pub(super) fn expect_end(&mut self, directive: &Token, rest: &[Token]) {
        if let Some(token) = rest.first() {
            let name = self.sources.text(directive.span).to_owned();
            let warning = self
                .warning("pp-trailing", token, format!("unexpected text after `{name}`"))
                .label("ignored");
            self.report(warning);
        }
    }

    /// Adds a note at a definition, unless its text is generated.
    pub(super) fn note_of(&self, mut diagnostic: Diagnostic, span: Span, text: &str) -> Diagnostic {
        if Some(span.file) != self.generated {
            diagnostic = diagnostic.note(span, text);
        }
        diagnostic
    }
}
