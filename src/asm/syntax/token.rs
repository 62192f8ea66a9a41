//! Tokens: what the lexer makes of text, the preprocessor rewrites and the parser reads.
//!
//! A token is small, copied freely and owns no text: its span says where its text stands in
//! [`Sources`](crate::diagnostic::Sources). Text that the preprocessor makes up (`%+`, `%strcat`,
//! the value of `%assign`) is appended to a source of its own, so that every token has a span.
//! What a name is and its hash are found once, by the lexer.

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

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name as NASM has it: `[A-Za-z._?@$][A-Za-z0-9._?@$#~]*`, so labels, locals (`.x`),
    /// specials (`..@x`), escaped names (`$eax`, span with the `$`), mnemonics, registers, sizes.
    Identifier,
    /// An integer; its value is in [`Token::number`].
    Number,
    /// A floating-point number: `1.5`, `1e9`, `0x1.8p3`.
    Float,
    /// A quoted string, quotes within the span: `'…'` and `"…"` verbatim, `` `…` `` with escapes.
    String,
    /// `$`: the address of this statement.
    Here,
    /// `$$`: the address of this section.
    SectionStart,
    /// An operator or a punctuation mark.
    Punctuation(Punctuation),
    /// `%word`, `%1`, `%{…}`, `%%x`, `%$x`, `%+`, `%[`, `%?`, `%??`: only the preprocessor sees it.
    Preprocessor,
    /// Characters that begin no token (a stray `@`-less control character, an unclosed quote); the
    /// lexer has made the diagnostic, which whoever reads the token hands on.
    Unknown,
}

/// Where a token was brought in from: 0 is the text itself, other numbers are rows of the
/// preprocessor's table of macro uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin(pub u32);

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Whether white space stands before it.
    pub space_before: bool,
    /// Where its text stands (inside a macro: in the definition).
    pub span: Span,
    /// The macro use that brought it in.
    pub origin: Origin,
    /// The value of a `Number`, wrapped to 64 bits; else 0.
    pub number: u64,
    /// The hash of an `Identifier`, without the `$` of an escaped name; else 0.
    pub hash: u32,
    /// Which word of the language an `Identifier` is, if any.
    pub word: WordId,
}

impl Token {
    /// A token that is none: it stands for a place in the text.
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

    /// The token as an identifier that stands at `span`, with this text.
    pub(crate) fn renamed(self, span: Span, text: &str) -> Self {
        let escaped = text.strip_prefix('$');
        let word = if escaped.is_none() { WordId::of(text) } else { WordId::NONE };
        let hash = hash::of_name(escaped.unwrap_or(text).as_bytes());
        Self { kind: TokenKind::Identifier, span, number: 0, hash, word, ..self }
    }
}
