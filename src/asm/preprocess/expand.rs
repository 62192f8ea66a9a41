//! Expansion of single-line macros in one line.
//!
//! The tokens to be read lie on a stack, the next one on top. A macro that is met puts its body
//! there, so that the text behind the use can give its arguments. A macro is not expanded within
//! its own body: it is busy until the stack is as low as it was at its use.

use super::super::expression::Environment;
use super::super::lexer::string;
use super::super::token::{Origin, Punctuation, Token, TokenKind};
use super::single::{Meaning, Single};
use super::{Preprocessor, limits};
use std::ops::Range;
use std::rc::Rc;

/// The expansion of one line.
#[derive(Default)]
pub(super) struct Expansion {
    /// What is still to be read, the next token last.
    pending: Vec<Token>,
    /// The macros being expanded, each with the height of the stack below its body.
    busy: Vec<(Rc<Single>, usize)>,
    out: Vec<Token>,
}

impl Expansion {
    fn pop(&mut self) -> Option<Token> {
        let token = self.pending.pop();
        while self.busy.last().is_some_and(|&(_, height)| self.pending.len() < height) {
            self.release();
        }
        token
    }

    fn release(&mut self) {
        if let Some((single, _)) = self.busy.pop() {
            single.busy.set(false);
        }
    }

    fn is_next(&self, punctuation: Punctuation) -> bool {
        self.pending.last().is_some_and(|t| t.kind == TokenKind::Punctuation(punctuation))
    }
}

/// Why an expansion stopped: the reason is reported.
struct Stopped;

/// The arguments of a use, as ranges of its tokens.
struct Arguments {
    tokens: Vec<Token>,
    ranges: Vec<Range<usize>>,
}

impl Preprocessor<'_> {
    /// Expands the single-line macros of a line and pastes at `%+`; false, and the line is not to
    /// be used, when that is reported to be wrong.
    pub(super) fn expand(&mut self, environment: &dyn Environment, line: &mut Vec<Token>) -> bool {
        for _ in 0..limits::PASTE_ROUNDS {
            if !line.iter().any(|t| self.may_expand(t)) {
                return true;
            }
            // The room of the last expansion is used again; within that it is taken.
            let mut expansion = std::mem::take(&mut self.spare);
            expansion.pending.extend(line.drain(..).rev());
            let result = self.run(environment, &mut expansion);
            while !expansion.busy.is_empty() {
                expansion.release();
            }
            std::mem::swap(line, &mut expansion.out);
            expansion.pending.clear();
            self.spare = expansion;
            if result.is_err() {
                return false;
            }
            let Some(again) = self.paste(line) else { return false };
            if !again {
                return true;
            }
        }
        let at = line.first().copied().unwrap_or_else(|| self.current());
        let diagnostic = self
            .error(&at, "this expands without end")
            .label("each round of `%+` makes another macro");
        self.report(diagnostic);
        false
    }

    fn may_expand(&self, token: &Token) -> bool {
        match token.kind {
            TokenKind::Identifier => self.filter.may_hold(self.sources.text(token.span).as_bytes()),
            TokenKind::Preprocessor => true,
            _ => false,
        }
    }

    fn run(
        &mut self,
        environment: &dyn Environment,
        expansion: &mut Expansion,
    ) -> Result<(), Stopped> {
        while let Some(token) = expansion.pop() {
            let text = self.sources.text(token.span);
            match token.kind {
                TokenKind::Identifier if self.filter.may_hold(text.as_bytes()) => {
                    if !self.enter_single(environment, expansion, &token)? {
                        expansion.out.push(token);
                    }
                }
                TokenKind::Preprocessor if text.starts_with("%$") => {
                    if !self.enter_single(environment, expansion, &token)? {
                        self.context_label(&token, &mut expansion.out);
                    }
                }
                _ => expansion.out.push(token),
            }
        }
        Ok(())
    }

    /// Puts the body of the macro that `token` names on the stack; false if it names none.
    fn enter_single(
        &mut self,
        environment: &dyn Environment,
        expansion: &mut Expansion,
        token: &Token,
    ) -> Result<bool, Stopped> {
        let Some(first) = self.find_single(token, |s| !s.busy.get()) else { return Ok(false) };
        let is_call = expansion.is_next(Punctuation::Open);
        let plain = |s: &Single| s.parameters.is_none() && !s.busy.get();
        let with_parameters = |s: &Single| s.parameters.is_some() && !s.busy.get();
        let has_call = is_call && self.find_single(token, with_parameters).is_some();
        if !has_call {
            let single = if plain(&first) { Some(first) } else { self.find_single(token, plain) };
            let Some(single) = single else { return Ok(false) };
            let none = Arguments { tokens: Vec::new(), ranges: Vec::new() };
            return self.replace(environment, expansion, token, single, &none).map(|()| true);
        }
        let Some(arguments) = self.arguments(expansion, token, &first)? else { return Ok(false) };
        let count = arguments.ranges.len();
        let fits = |s: &Single| s.takes(count) && !s.busy.get();
        let Some(single) = self.find_single(token, fits) else {
            self.report_count(token, &first, count);
            return Err(Stopped);
        };
        self.replace(environment, expansion, token, single, &arguments).map(|()| true)
    }

    fn report_count(&mut self, token: &Token, first: &Single, count: usize) {
        let name = self.sources.text(token.span).to_owned();
        let takes = first.parameters.as_ref().map_or(0, Vec::len);
        let diagnostic = self
            .error(token, format!("the macro `{name}` does not take {}", plural(count)))
            .label(format!("it takes {takes}"));
        let diagnostic = self.note_of(diagnostic, first.name, "it is defined here");
        self.report(diagnostic);
    }

    /// Takes `( … )` from the stack and splits it at its commas.
    fn arguments(
        &mut self,
        expansion: &mut Expansion,
        token: &Token,
        single: &Single,
    ) -> Result<Option<Arguments>, Stopped> {
        use Punctuation::{BraceClose, BraceOpen, Close, Comma, Open};
        let open = expansion.pop();
        let mut tokens = Vec::new();
        let (mut ranges, mut start, mut parens, mut braces) = (Vec::new(), 0, 0u32, 0u32);
        while let Some(next) = expansion.pop() {
            if let TokenKind::Punctuation(punctuation) = next.kind {
                match punctuation {
                    BraceOpen => braces += 1,
                    BraceClose => braces = braces.saturating_sub(1),
                    Open if braces == 0 => parens += 1,
                    Close if braces == 0 && parens == 0 => {
                        if !(tokens.is_empty() && self.takes_none(token)) {
                            ranges.push(start..tokens.len());
                        }
                        strip_braces(&tokens, &mut ranges);
                        return Ok(Some(Arguments { tokens, ranges }));
                    }
                    Close if braces == 0 => parens -= 1,
                    Comma if braces == 0 && parens == 0 => {
                        ranges.push(start..tokens.len());
                        tokens.push(next);
                        start = tokens.len();
                        continue;
                    }
                    _ => {}
                }
            }
            tokens.push(next);
        }
        let at = open.unwrap_or(*token);
        let name = self.sources.text(token.span).to_owned();
        let diagnostic = self
            .error(&at, format!("the arguments of the macro `{name}` do not end"))
            .label("no `)` for this");
        let diagnostic = self.note_of(diagnostic, single.name, "it is defined here");
        self.report(diagnostic);
        Err(Stopped)
    }

    fn takes_none(&mut self, token: &Token) -> bool {
        self.find_single(token, |s| s.takes(0)).is_some()
    }

    /// Puts the body of `single` on the stack, with its arguments.
    fn replace(
        &mut self,
        environment: &dyn Environment,
        expansion: &mut Expansion,
        token: &Token,
        single: Rc<Single>,
        arguments: &Arguments,
    ) -> Result<(), Stopped> {
        let Some(origin) = self.origins.enter(token, single.id) else {
            let most = limits::USES;
            self.give_up(format!("macros are used more than {most} times"));
            return Err(Stopped);
        };
        let mut body = Vec::new();
        let space_before = token.space_before;
        match &single.meaning {
            Meaning::Magic(magic) => self.magic(*magic, token, &mut body),
            Meaning::Tokens(tokens) => {
                let parameters = single.parameters.as_deref().unwrap_or_default();
                for part in tokens {
                    let index = usize::try_from(part.number).unwrap_or(0).wrapping_sub(1);
                    match (part.kind, parameters.get(index)) {
                        (TokenKind::Identifier, Some(parameter)) => {
                            let ranges = arguments.ranges.as_slice();
                            let range = match (ranges.get(index), ranges.last()) {
                                (Some(r), Some(last)) if parameter.greedy => r.start..last.end,
                                (Some(r), _) => r.clone(),
                                _ => 0..0,
                            };
                            let argument = arguments.tokens.get(range).unwrap_or_default();
                            let (evaluate, quote) = (parameter.evaluate, parameter.quote);
                            let start = body.len();
                            if evaluate {
                                self.evaluated(environment, token, argument, &mut body)?;
                            } else if quote {
                                let text = string::quote(self.join(argument).as_bytes());
                                self.make(&text, token, &mut body);
                            } else {
                                body.extend_from_slice(argument);
                            }
                            if let Some(first) = body.get_mut(start) {
                                first.space_before = part.space_before;
                            }
                        }
                        (TokenKind::Preprocessor, _) => {
                            body.push(self.self_name(part, token, &single, origin));
                        }
                        _ => body.push(Token { origin, ..*part }),
                    }
                    self.check_size(token, expansion.pending.len() + body.len())?;
                }
            }
        }
        if let Some(first) = body.first_mut() {
            first.space_before = space_before;
        }
        self.push_body(expansion, token, single, &body)
    }

    fn push_body(
        &mut self,
        expansion: &mut Expansion,
        token: &Token,
        single: Rc<Single>,
        body: &[Token],
    ) -> Result<(), Stopped> {
        let height = expansion.pending.len();
        expansion.pending.extend(body.iter().rev());
        self.check_size(token, expansion.pending.len() + expansion.out.len())?;
        if !self.charge(super::cost(body)) {
            return Err(Stopped);
        }
        if expansion.busy.len() >= limits::EXPANSION_DEPTH {
            let most = limits::EXPANSION_DEPTH;
            let message = format!("more than {most} single-line macros expand within each other");
            let diagnostic = self.error(token, message).label("while expanding this");
            self.report(diagnostic);
            return Err(Stopped);
        }
        // A macro whose body has nothing left to read is not busy.
        if !body.is_empty() {
            single.busy.set(true);
            expansion.busy.push((single, height));
        }
        Ok(())
    }

    fn check_size(&mut self, token: &Token, size: usize) -> Result<(), Stopped> {
        if size <= limits::LINE_TOKENS {
            return Ok(());
        }
        let most = limits::LINE_TOKENS;
        let diagnostic = self
            .error(token, format!("this line expands to more than {most} words"))
            .label("while expanding this");
        self.report(diagnostic);
        Err(Stopped)
    }

    /// `%?` is the name as it was written at the use, `%??` as it was defined.
    fn self_name(&self, part: &Token, token: &Token, single: &Single, origin: Origin) -> Token {
        let kind = TokenKind::Identifier;
        let space_before = part.space_before;
        match self.sources.text(part.span) {
            "%?" | "%*?" => Token { kind, space_before, origin, ..*token },
            "%??" | "%*??" => Token { kind, space_before, origin, span: single.name, number: 0 },
            _ => Token { origin, ..*part },
        }
    }

    /// The number that an argument for `=x` stands for.
    fn evaluated(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        argument: &[Token],
        body: &mut Vec<Token>,
    ) -> Result<(), Stopped> {
        if self.evaluation_depth >= limits::EVALUATION_DEPTH {
            let diagnostic =
                self.error(token, "evaluated arguments are nested too deep").label("here");
            self.report(diagnostic);
            return Err(Stopped);
        }
        self.evaluation_depth += 1;
        let number = self.number(environment, token, argument);
        self.evaluation_depth -= 1;
        let text = number.ok_or(Stopped)?.to_string();
        if self.make(&text, token, body) { Ok(()) } else { Err(Stopped) }
    }

    /// Joins the tokens on both sides of each `%+`; whether what came of it may be a macro, or
    /// none after a report.
    fn paste(&mut self, line: &mut Vec<Token>) -> Option<bool> {
        let is_paste = |this: &Self, t: &Token| {
            t.kind == TokenKind::Preprocessor && this.sources.text(t.span) == "%+"
        };
        if !line.iter().any(|t| is_paste(self, t)) {
            return Some(false);
        }
        let (mut out, mut again): (Vec<Token>, bool) = (Vec::with_capacity(line.len()), false);
        let mut tokens = line.iter().copied().peekable();
        while let Some(token) = tokens.next() {
            if !is_paste(self, &token) {
                out.push(token);
                continue;
            }
            while tokens.peek().is_some_and(|t| is_paste(self, t)) {
                tokens.next();
            }
            // With nothing on one side the other stands alone.
            let (Some(left), Some(right)) = (out.pop(), tokens.peek().copied()) else { continue };
            tokens.next();
            let text = format!("{}{}", self.sources.text(left.span), self.sources.text(right.span));
            let start = out.len();
            if !self.make(&text, &left, &mut out) {
                return None;
            }
            let made = out.get(start..).unwrap_or_default();
            again |= made.iter().any(|t| self.may_expand(t));
        }
        *line = out;
        Some(again)
    }
}

/// Takes the braces off arguments that are wholly in braces.
fn strip_braces(tokens: &[Token], ranges: &mut [Range<usize>]) {
    use Punctuation::{BraceClose, BraceOpen};
    let is = |t: Option<&Token>, p| t.is_some_and(|t| t.kind == TokenKind::Punctuation(p));
    for range in ranges {
        let argument = tokens.get(range.clone()).unwrap_or_default();
        if argument.len() > 1 && is(argument.first(), BraceOpen) && is(argument.last(), BraceClose)
        {
            *range = range.start + 1..range.end - 1;
        }
    }
}

/// A number of parameters in words.
pub(super) fn plural(count: usize) -> String {
    match count {
        0 => "no parameters".to_owned(),
        1 => "1 parameter".to_owned(),
        _ => format!("{count} parameters"),
    }
}
