//! The expression parser: tokens to nodes, with NASM's operators and precedence.
//!
//! Operators are kept on an explicit stack until their right operand is complete, so 100,000
//! parentheses or minus signs do not need a deep call stack. Plain numbers are computed at once.
//! Names are resolved through [`Names`].

use super::linear::{self, Trouble};
use super::node::{Arena, Binary, Node, Unary};
use crate::asm::syntax::cursor::Cursor;
use crate::asm::syntax::lexer::string::{Wide, character_constant, decode};
use crate::asm::syntax::mistake::{Location, Mistake, Wrong};
use crate::asm::syntax::token::{Punctuation as P, Token, TokenKind};
use crate::asm::value::float::{self, special_name};

/// How names in an expression become nodes.
pub(crate) trait Names {
    /// The node of a symbol, by its name in the source without the `$` of an escaped name.
    fn symbol(&mut self, name: &str, token: &Token) -> Wrong<Node>;
    /// The node of `$`.
    fn here(&self) -> Node;
    /// The node of `$$`.
    fn section_start(&self) -> Node;
}

/// A parsed expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Parsed {
    /// It is a plain number.
    Number(i64),
    /// Its nodes, from this index to the end of the arena.
    Nodes(usize),
}

/// An operator whose right operand is not complete.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pending {
    Open(Location),
    Question(Location),
    Colon,
    Unary(Unary, Location),
    Binary(Binary, Location),
}

/// The precedence of an operator; a higher number binds tighter.
fn binding(operator: Binary) -> u8 {
    match operator {
        Binary::BooleanOr => 2,
        Binary::BooleanXor => 3,
        Binary::BooleanAnd => 4,
        Binary::Equal
        | Binary::NotEqual
        | Binary::Less
        | Binary::LessEqual
        | Binary::Greater
        | Binary::GreaterEqual
        | Binary::Compare => 5,
        Binary::Or => 6,
        Binary::Xor => 7,
        Binary::And => 8,
        Binary::ShiftLeft | Binary::ShiftRight | Binary::ShiftRightSigned => 9,
        Binary::Add | Binary::Subtract => 10,
        _ => 11,
    }
}

const QUESTION_BINDING: u8 = 1;
const UNARY_BINDING: u8 = 12;

#[rustfmt::skip]
fn binary_operator(mark: P) -> Option<Binary> {
    Some(match mark {
        P::OrOr => Binary::BooleanOr, P::XorXor => Binary::BooleanXor,
        P::AndAnd => Binary::BooleanAnd, P::Equal => Binary::Equal,
        P::NotEqual => Binary::NotEqual, P::Less => Binary::Less,
        P::LessEqual => Binary::LessEqual, P::Greater => Binary::Greater,
        P::GreaterEqual => Binary::GreaterEqual, P::Compare => Binary::Compare,
        P::Or => Binary::Or, P::Xor => Binary::Xor, P::And => Binary::And,
        P::ShiftLeft => Binary::ShiftLeft, P::ShiftRight => Binary::ShiftRight,
        P::ShiftRightSigned => Binary::ShiftRightSigned, P::Plus => Binary::Add,
        P::Minus => Binary::Subtract, P::Star => Binary::Multiply, P::Slash => Binary::Divide,
        P::SlashSlash => Binary::DivideSigned, P::Percent => Binary::Remainder,
        P::PercentPercent => Binary::RemainderSigned,
        _ => return None,
    })
}

/// Words that work like a sign before their operand, without underscores and question marks.
const UNARY_WORDS: &[(&str, Unary)] = &[
    ("ilog2e", Unary::Log2Exact),
    ("ilog2w", Unary::Log2Floor),
    ("ilog2f", Unary::Log2Floor),
    ("ilog2c", Unary::Log2Ceiling),
];

/// Reads an expression as far as it goes.
pub(crate) fn parse(
    cursor: &mut Cursor<'_>,
    names: &mut impl Names,
    arena: &mut Arena,
    pending: &mut Vec<Pending>,
) -> Wrong<Parsed> {
    pending.clear();
    let mark = arena.mark();
    let mut parser = Parser { cursor, names, arena, pending, mark };
    let outcome = parser.expression();
    match (outcome, arena.since(mark)) {
        (Err(mistake), _) => {
            arena.truncate(mark);
            Err(mistake)
        }
        (Ok(()), &[Node::Number(number) | Node::Sum(number)]) => {
            arena.truncate(mark);
            Ok(Parsed::Number(number))
        }
        (Ok(()), _) => Ok(Parsed::Nodes(mark)),
    }
}

struct Parser<'p, 'c, N> {
    cursor: &'p mut Cursor<'c>,
    names: &'p mut N,
    arena: &'p mut Arena,
    pending: &'p mut Vec<Pending>,
    mark: usize,
}

impl<N: Names> Parser<'_, '_, N> {
    fn expression(&mut self) -> Wrong<()> {
        loop {
            while !self.operand()? {}
            if !self.operators()? {
                break;
            }
        }
        while let Some(pending) = self.pending.pop() {
            match pending {
                Pending::Open(location) => {
                    let message = "this parenthesis is never closed";
                    return Err(Mistake::error(location, message).label("no `)` for it"));
                }
                Pending::Question(location) => {
                    let message = "`?` without `:`";
                    let help = "write `condition ? value : other value`";
                    return Err(Mistake::error(location, message).help(help));
                }
                other => self.apply(other)?,
            }
        }
        Ok(())
    }

    /// Reads a sign, an opening parenthesis or a whole operand. Returns true after a whole operand.
    fn operand(&mut self) -> Wrong<bool> {
        let Some(token) = self.cursor.peek() else { return Err(self.cursor.expected("a value")) };
        let sign = match token.kind {
            TokenKind::Number => {
                self.arena.push(Node::Number(token.number.cast_signed()));
                None
            }
            TokenKind::String => {
                let number = string_number(self.cursor.text(token));
                self.arena.push(Node::Number(number));
                None
            }
            TokenKind::Here => {
                self.arena.push(self.names.here());
                None
            }
            TokenKind::SectionStart => {
                self.arena.push(self.names.section_start());
                None
            }
            TokenKind::Identifier => return self.name(token),
            TokenKind::Float => {
                let message = "a floating-point number cannot be used in an expression";
                let help = format!("`__float32__({})` gives its bits", self.cursor.text(token));
                return Err(Mistake::error(token, message).help(help));
            }
            TokenKind::Punctuation(P::Open) => Some(Pending::Open(token.into())),
            TokenKind::Punctuation(P::Minus) => Some(Pending::Unary(Unary::Negate, token.into())),
            TokenKind::Punctuation(P::Plus) => Some(Pending::Unary(Unary::Plus, token.into())),
            TokenKind::Punctuation(P::Tilde) => Some(Pending::Unary(Unary::Not, token.into())),
            TokenKind::Punctuation(P::Not) => Some(Pending::Unary(Unary::BooleanNot, token.into())),
            _ => return Err(self.cursor.expected("a value")),
        };
        self.cursor.skip();
        self.pending.extend(sign);
        Ok(sign.is_none())
    }

    fn name(&mut self, token: &Token) -> Wrong<bool> {
        let text = self.cursor.text(token);
        self.cursor.skip();
        if let Some(name) = text.strip_prefix('$') {
            let node = self.names.symbol(name, token)?;
            self.arena.push(node);
            return Ok(true);
        }
        if let Some(register) = token.word.register() {
            self.arena.push(Node::Register(register));
            return Ok(true);
        }
        if text.eq_ignore_ascii_case("seg") {
            self.pending.push(Pending::Unary(Unary::Segment, token.into()));
            return Ok(false);
        }
        if let Some(special) = special_name(text) {
            if let Some(&(_, operator)) = UNARY_WORDS.iter().find(|(word, _)| *word == special) {
                self.pending.push(Pending::Unary(operator, token.into()));
                return Ok(false);
            }
            if let Some(wide) = Wide::of_name(special) {
                let bytes = wide_string(wide, self.cursor)?;
                self.arena.push(Node::Number(character_constant(&bytes).cast_signed()));
                return Ok(true);
            }
            if let Some(bits) = float::function(special, self.cursor)? {
                self.arena.push(Node::Number(bits));
                return Ok(true);
            }
        }
        let node = self.names.symbol(text, token)?;
        self.arena.push(node);
        Ok(true)
    }

    /// Reads what follows an operand. Returns true if another operand must follow.
    fn operators(&mut self) -> Wrong<bool> {
        loop {
            let Some(token) = self.cursor.peek() else { return Ok(false) };
            let TokenKind::Punctuation(mark) = token.kind else {
                if self.cursor.word().is_some_and(|w| w.eq_ignore_ascii_case("wrt")) {
                    let message = "`wrt` has no meaning in a flat binary";
                    return Err(Mistake::error(token, message));
                }
                return Ok(false);
            };
            match mark {
                P::Close if self.pending.iter().any(|p| matches!(p, Pending::Open(_))) => {
                    self.close()?;
                    self.cursor.skip();
                    continue;
                }
                P::Question => {
                    self.unwind(QUESTION_BINDING + 1)?;
                    self.pending.push(Pending::Question(token.into()));
                }
                P::Colon if self.awaits_colon() => {
                    self.unwind(QUESTION_BINDING)?;
                    self.pending.pop();
                    self.pending.push(Pending::Colon);
                }
                _ => {
                    let Some(operator) = binary_operator(mark) else { return Ok(false) };
                    self.unwind(binding(operator))?;
                    self.pending.push(Pending::Binary(operator, token.into()));
                }
            }
            self.cursor.skip();
            return Ok(true);
        }
    }

    fn awaits_colon(&self) -> bool {
        let mut inner = self.pending.iter().rev();
        inner
            .find(|p| matches!(p, Pending::Question(_) | Pending::Open(_)))
            .is_some_and(|p| matches!(p, Pending::Question(_)))
    }

    /// Applies the pending operators that bind at least as tightly as `least`.
    fn unwind(&mut self, least: u8) -> Wrong<()> {
        while let Some(&pending) = self.pending.last() {
            let tightness = match pending {
                Pending::Open(_) | Pending::Question(_) => 0,
                Pending::Colon => QUESTION_BINDING,
                Pending::Unary(..) => UNARY_BINDING,
                Pending::Binary(operator, _) => binding(operator),
            };
            if tightness < least {
                break;
            }
            self.pending.pop();
            self.apply(pending)?;
        }
        Ok(())
    }

    /// Applies the pending operators of the innermost parenthesis, and removes the parenthesis.
    fn close(&mut self) -> Wrong<()> {
        self.unwind(QUESTION_BINDING)?;
        match self.pending.pop() {
            Some(Pending::Question(location)) => Err(Mistake::error(location, "`?` without `:`")),
            _ => Ok(()),
        }
    }

    fn apply(&mut self, pending: Pending) -> Wrong<()> {
        let (node, location) = match pending {
            Pending::Unary(operator, location) => (Node::Unary(operator), location),
            Pending::Binary(operator, location) => (Node::Binary(operator), location),
            _ => {
                self.arena.push(Node::Choose);
                return Ok(());
            }
        };
        let (folded, taken, is_sum) = match (node, self.arena.since(self.mark)) {
            (Node::Unary(operator), [.., a]) if let Some((a, is_sum)) = number(a) => {
                (linear::unary(operator, a), 1, is_sum)
            }
            (Node::Binary(operator), [.., a, b])
                if let (Some((a, left)), Some((b, right))) = (number(a), number(b)) =>
            {
                let adds = matches!(operator, Binary::Add | Binary::Subtract);
                (linear::binary(operator, a, b), 2, left || right || adds)
            }
            _ => {
                self.arena.push(node);
                return Ok(());
            }
        };
        let number = folded.map_err(|trouble| explain(trouble, location, "?"))?;
        self.arena.truncate(self.arena.mark() - taken);
        let is_sum = is_sum && number != 0;
        self.arena.push(if is_sum { Node::Sum(number) } else { Node::Number(number) });
        Ok(())
    }
}

/// The number of a node, and whether it is the result of an addition.
fn number(node: &Node) -> Option<(i64, bool)> {
    match *node {
        Node::Number(number) => Some((number, false)),
        Node::Sum(number) => Some((number, true)),
        _ => None,
    }
}

/// The bytes of a string as a little-endian number, as far as they fit.
pub(crate) fn string_number(text: &str) -> i64 {
    character_constant(&decode(text)).cast_signed()
}

/// The string behind `__?utf16?__` and family, with or without parentheses, in that encoding.
pub(crate) fn wide_string(wide: Wide, cursor: &mut Cursor<'_>) -> Wrong<Vec<u8>> {
    let paren = cursor.accept(P::Open);
    let Some(token) = cursor.peek().filter(|t| t.kind == TokenKind::String) else {
        return Err(cursor.expected("a string"));
    };
    cursor.skip();
    if paren && !cursor.accept(P::Close) {
        return Err(cursor.expected("`)`"));
    }
    match std::str::from_utf8(&decode(cursor.text(token))) {
        Ok(text) => Ok(wide.encode(text)),
        Err(_) => Err(Mistake::error(token, "this string is not UTF-8")),
    }
}

/// The help for a name of the C library: what to use instead.
fn routine(name: &str) -> Option<&'static str> {
    const ROUTINES: &[(&[&str], &str)] = &[
        (&["exit", "_exit", "abort"], "write the exit code to EXIT: `out 0xE3, al`"),
        (&["printf", "fprintf"], "`printf` of stdlib/base.inc writes formatted text"),
        (&["puts", "putchar", "fputs", "write"], "`print` and `putc` of stdlib/io.inc write text"),
        (
            &["scanf", "gets", "fgets", "getline", "read"],
            "`get_line` of stdlib/stream.inc reads a line",
        ),
        (&["getchar", "fgetc"], "`get_char` of stdlib/stream.inc reads a character"),
        (&["atoi", "atol", "strtol"], "`parse_int` of stdlib/parse.inc reads a number"),
        (&["malloc", "calloc", "realloc", "free"], "stdlib/memory.inc has a heap: `heap_alloc`"),
        (&["strlen"], "`str_len` of stdlib/string.inc counts"),
        (&["strcmp"], "`str_cmp` of stdlib/string.inc compares"),
        (&["strcpy"], "`str_copy` of stdlib/string.inc copies"),
        (&["memcpy", "memmove"], "`mem_copy` of stdlib/string.inc copies"),
        (&["memset"], "`mem_set` of stdlib/string.inc fills"),
        (&["qsort"], "`sort` of stdlib/sort.inc sorts"),
        (&["rand", "random"], "`rand` of stdlib/random.inc gives random numbers"),
        (&["time", "clock"], "`time_now` of stdlib/time.inc tells the time"),
    ];
    let plain = name.strip_prefix('_').unwrap_or(name);
    let row = ROUTINES.iter().find(|(names, _)| names.contains(&plain) || names.contains(&name))?;
    Some(row.1)
}

/// The diagnostic for an expression without a value. `name` is that of an undefined or external
/// symbol.
pub(crate) fn explain(trouble: Trouble, location: Location, name: &str) -> Box<Mistake> {
    match trouble {
        Trouble::DivisionByZero => {
            Mistake::error(location, "division by zero").label("the right operand is 0")
        }
        Trouble::NotScalar(operator) => {
            let message = format!("`{operator}` takes plain numbers, not addresses");
            let help = "the difference of two labels is a plain number: `label - $$`";
            Mistake::error(location, message).help(help)
        }
        Trouble::NotSimple => {
            let message = "this is neither a number nor a label plus a number";
            Mistake::error(location, message)
        }
        Trouble::Segment => Mistake::error(location, "`seg` has no meaning in a flat binary")
            .help("write the segment as a number: the one at which the code is loaded"),
        Trouble::NotPowerOfTwo => Mistake::error(location, "not a power of two"),
        Trouble::External(_) => {
            let message = format!("`{name}` is external, and there is no linker here");
            Mistake::error(location, message).help(match routine(name) {
                Some(does) => does.to_owned(),
                None => "include the file that defines it with `%include`".to_owned(),
            })
        }
        Trouble::Undefined(_) => Mistake::error(location, format!("`{name}` is not defined")),
    }
}
