//! Tokens: the lexer produces them, the preprocessor rewrites them and the parser reads them.
//!
//! A token is small and cheap to copy, and owns no text: its span is the place of its text in
//! [`Sources`](crate::diagnostic::Sources). Text that the preprocessor generates (`%+`, `%strcat`,
//! the value of `%assign`) is appended to a source of its own, so every token has a span. The lexer
//! looks up the word and the hash of a name once.

use super::hash;
use super::word::WordId;
use crate::diagnostic::Span;

/// Operators and punctuation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[rustfmt::skip]
pub enum Punctuation {
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `//`
    SlashSlash,
    /// `%`
    Percent,
    /// `%%`
    PercentPercent,
    /// `<<` and `<<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `>>>`
    ShiftRightSigned,
    /// `&`
    And,
    /// `&&`
    AndAnd,
    /// `|`
    Or,
    /// `||`
    OrOr,
    /// `^`
    Xor,
    /// `^^`
    XorXor,
    /// `~`
    Tilde,
    /// `!`
    Not,
    /// `=` and `==`
    Equal,
    /// `!=` and `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<=>`
    Compare,
    /// `?`
    Question,
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `[`
    BracketOpen,
    /// `]`
    BracketClose,
    /// `{`
    BraceOpen,
    /// `}`
    BraceClose,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name in NASM's syntax: `[A-Za-z._?@$][A-Za-z0-9._?@$#~]*`. This includes labels, locals
    /// (`.x`), specials (`..@x`), escaped names (`$eax`, the span includes the `$`), mnemonics,
    /// registers and sizes.
    Identifier,
    /// An integer; its value is in [`Token::number`].
    Number,
    /// A floating-point number: `1.5`, `1e9`, `0x1.8p3`.
    Float,
    /// A quoted string, including its quotes: `'…'` and `"…"` verbatim, `` `…` `` with escapes.
    String,
    /// `$`: the address of this statement.
    Here,
    /// `$$`: the address of this section.
    SectionStart,
    /// An operator or a punctuation mark.
    Punctuation(Punctuation),
    /// `%word`, `%1`, `%{…}`, `%%x`, `%$x`, `%+`, `%[`, `%?`, `%??`: tokens for the preprocessor
    /// only.
    Preprocessor,
    /// Characters that begin no token, such as a control character or an unclosed quote.
    /// [`explain`](super::lexer::explain) makes the diagnostic.
    Unknown,
}

/// The macro use that a token comes from: 0 is the text itself, other numbers are rows of the
/// preprocessor's table of macro uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin(pub u32);

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Whether white space is before it.
    pub space_before: bool,
    /// The place of its text; for a token from a macro, in the definition.
    pub span: Span,
    /// The macro use that it comes from.
    pub origin: Origin,
    /// The value of a `Number`, wrapped to 64 bits; else 0.
    pub number: u64,
    /// The hash of an `Identifier`, without the `$` of an escaped name; else 0.
    pub hash: u32,
    /// The word of the language that an `Identifier` is, if any.
    pub word: WordId,
}

impl Token {
    /// An empty token that only marks a place in the text.
    #[must_use]
    pub const fn at(span: Span, origin: Origin) -> Self {
        let (kind, word) = (TokenKind::Unknown, WordId::NONE);
        Self { kind, space_before: false, span, origin, number: 0, hash: 0, word }
    }

    /// Whether it is this punctuation mark.
    #[inline(always)]
    #[must_use]
    pub fn is(&self, mark: Punctuation) -> bool {
        self.kind == TokenKind::Punctuation(mark)
    }

    /// A copy of the token as an identifier at `span` with this text.
    pub(crate) fn renamed(self, span: Span, text: &str) -> Self {
        let escaped = text.strip_prefix('$');
        let word = if escaped.is_none() { WordId::of(text) } else { WordId::NONE };
        let hash = hash::of_name(escaped.unwrap_or(text).as_bytes());
        Self { kind: TokenKind::Identifier, span, number: 0, hash, word, ..self }
    }
}
