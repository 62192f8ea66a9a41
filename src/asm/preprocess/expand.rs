//! The expansion of single-line macros in a line, and of their arguments.
//!
//! The remaining tokens are on a stack, with the next one on top. The body of a macro is pushed
//! onto the stack in place of its name, so the tokens after the name can be its arguments. A macro
//! is busy, and is not expanded again, until the stack is as low as it was at the use. A macro is
//! therefore never expanded within its own body.
//!
//! An argument is expanded before it replaces its parameter. Names of macros that are busy at that
//! time are marked as [`SETTLED`] and are never expanded. In the line itself, the macro also counts
//! as busy in its own arguments: `f(f(1))` is `f(1)`.

use super::define::{Meaning, Parameter, Single};
use super::{Preprocessor, limits};
use crate::asm::syntax::lexer::string;
use crate::asm::syntax::token::{Origin, Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::text::to_bytes;
use crate::diagnostic::{Diagnostic, Span};
use std::ops::Range;
use std::rc::Rc;

/// The expansion of one line, or of one argument.
#[derive(Default)]
pub(super) struct Expansion {
    /// The remaining tokens, the next one last.
    pending: Vec<Token>,
    /// The macros that are being expanded, each with the height of the stack below its body.
    busy: Vec<(Rc<Single>, usize)>,
    pub(super) out: Vec<Token>,
    /// Whether this is an argument.
    is_nested: bool,
}

impl Expansion {
    fn of(tokens: &mut Vec<Token>) -> Self {
        Self { pending: tokens.drain(..).rev().collect(), ..Self::default() }
    }

    /// The expansion of an argument.
    pub(super) fn nested(tokens: &mut Vec<Token>) -> Self {
        Self { is_nested: true, ..Self::of(tokens) }
    }

    /// Whether the next token belongs to the line itself.
    pub(super) fn is_outermost(&self) -> bool {
        !self.is_nested && self.busy.is_empty()
    }

    #[inline(always)]
    pub(super) fn pop(&mut self) -> Option<Token> {
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

    /// Ends the expansion without reading the remaining tokens.
    pub(super) fn release_all(&mut self) {
        while !self.busy.is_empty() {
            self.release();
        }
    }

    pub(super) fn is_next(&self, punctuation: Punctuation) -> bool {
        self.pending.last().is_some_and(|t| t.kind == TokenKind::Punctuation(punctuation))
    }
}

/// The expansion stopped, and the reason is reported.
pub(super) struct Stopped;

impl Preprocessor<'_> {
    /// Expands the single-line macros of a line and pastes at `%+`. Returns false after a report;
    /// the line must then not be used.
    pub(super) fn expand(&mut self, environment: &dyn Environment, line: &mut Vec<Token>) -> bool {
        for _ in 0..limits::PASTE_ROUNDS {
            if !line.iter().any(|t| self.may_expand(t)) {
                return true;
            }
            // Reuses the buffer of the last expansion, unless this one is nested.
            let mut expansion = std::mem::take(&mut self.spare);
            expansion.pending.extend(line.drain(..).rev());
            let result = self.run(environment, &mut expansion);
            expansion.release_all();
            std::mem::swap(line, &mut expansion.out);
            expansion.pending.clear();
            self.spare = expansion;
            for token in line.iter_mut().filter(|t| t.number == SETTLED) {
                if token.kind == TokenKind::Identifier {
                    token.number = 0;
                }
            }
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

    pub(super) fn may_expand(&self, token: &Token) -> bool {
        match token.kind {
            TokenKind::Identifier if token.number == SETTLED => false,
            TokenKind::Identifier => self.filter.may_hold(token.hash),
            TokenKind::Preprocessor => true,
            _ => false,
        }
    }

    pub(super) fn run(
        &mut self,
        environment: &dyn Environment,
        expansion: &mut Expansion,
    ) -> Result<(), Stopped> {
        while let Some(mut token) = expansion.pop() {
            match token.kind {
                TokenKind::Identifier if self.may_expand(&token) => {
                    let resolved = self.resolve_alias(&token);
                    if !self.enter_single(environment, expansion, &resolved)? {
                        if !self.is_single(&resolved) {
                            token = resolved;
                        } else if expansion.is_nested
                            && self.find_single(&resolved, |s| !s.busy.get()).is_none()
                        {
                            // A macro that only lacks its arguments may find them after the use.
                            token.number = SETTLED;
                        }
                        expansion.out.push(token);
                    }
                }
                TokenKind::Preprocessor if self.sources.text(token.span).starts_with("%$") => {
                    if !self.enter_single(environment, expansion, &token)? {
                        expansion.out.push(token);
                    }
                }
                TokenKind::Preprocessor if expansion.is_next(Punctuation::Open) => {
                    if !self.enter_function(environment, expansion, &token)? {
                        expansion.out.push(token);
                    }
                }
                _ => expansion.out.push(token),
            }
        }
        Ok(())
    }

    /// Pushes the body of the macro named by `token`; returns false if it is not a macro.
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
            let none = Arguments::default();
            return self.replace(environment, expansion, token, single, &none).map(|()| true);
        }
        let arguments = self.arguments(expansion, token, Some(first.name))?;
        let count = arguments.ranges.len();
        let fits = |s: &Single| s.takes(count) && !s.busy.get();
        let Some(single) = self.find_single(token, fits) else {
            let diagnostic = self.wrong_count(token, &first, count);
            self.report(diagnostic);
            return Err(Stopped);
        };
        self.replace(environment, expansion, token, single, &arguments).map(|()| true)
    }

    fn wrong_count(&self, token: &Token, first: &Single, count: usize) -> Diagnostic {
        let name = self.sources.text(token.span).to_owned();
        let takes = first.parameters.as_ref().map_or(0, Vec::len);
        let diagnostic =
            self.error(token, wrong_count_message(&name, count)).label(format!("it takes {takes}"));
        self.note_of(diagnostic, first.name, "it is defined here")
    }

    /// Pushes the body of `single`, with its arguments.
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
        if !self.charge(limits::USE_COST) {
            return Err(Stopped);
        }
        if let (Meaning::Tokens(tokens), None, false) =
            (&single.meaning, &single.parameters, single.names_itself)
        {
            // Nothing in it is replaced, so it is pushed directly.
            let start = expansion.pending.len();
            expansion.pending.extend(tokens.iter().rev().map(|&part| Token { origin, ..part }));
            return self.begin_body(expansion, token, single, start);
        }
        let mut body = Vec::new();
        match &single.meaning {
            Meaning::Magic(magic) => self.magic(*magic, token, &mut body),
            Meaning::Tokens(tokens) => {
                let values = self.values(environment, expansion, token, &single, arguments)?;
                let (mut glue, mut comma, mut skips) = (false, None, false);
                for (at, part) in tokens.iter().enumerate() {
                    let start = body.len();
                    if std::mem::take(&mut skips) {
                        continue;
                    }
                    // `%,` is a comma if something comes of what is behind it.
                    if part.kind == TokenKind::Punctuation(Punctuation::Percent)
                        && let Some(next) = tokens.get(at + 1)
                        && next.kind == TokenKind::Punctuation(Punctuation::Comma)
                        && !next.space_before
                    {
                        (comma, skips) = (Some(Token { origin, ..*next }), true);
                        continue;
                    }
                    // A parameter has its number from 1; any other number is not an index.
                    let index = usize::try_from(part.number).unwrap_or(0).wrapping_sub(1);
                    let is_self = part.kind == TokenKind::Preprocessor;
                    match values.get(index) {
                        Some(value) if part.kind == TokenKind::Identifier => {
                            body.extend_from_slice(value);
                        }
                        _ if is_self => body.push(self.self_name(part, token, &single, origin)),
                        _ => body.push(Token { origin, ..*part }),
                    }
                    if let Some(first) = body.get_mut(start) {
                        first.space_before = part.space_before;
                        if let Some(comma) = comma.take() {
                            body.insert(start, comma);
                            continue;
                        }
                    }
                    if (is_self || glue) && !part.space_before && !self.join_at(&mut body, start) {
                        return Err(Stopped);
                    }
                    glue = is_self;
                    self.check_size(token, expansion.pending.len() + body.len())?;
                }
            }
        }
        let start = expansion.pending.len();
        expansion.pending.extend(body.iter().rev());
        self.begin_body(expansion, token, single, start)
    }

    /// Begins to read the body of `single`, which is on the stack above `height`.
    fn begin_body(
        &mut self,
        expansion: &mut Expansion,
        token: &Token,
        single: Rc<Single>,
        height: usize,
    ) -> Result<(), Stopped> {
        single.used.set(true);
        let is_empty = expansion.pending.len() == height;
        if !is_empty && let Some(first) = expansion.pending.last_mut() {
            first.space_before = token.space_before;
        }
        self.account(expansion, token, height)?;
        if expansion.busy.len() >= limits::EXPANSION_DEPTH {
            let most = limits::EXPANSION_DEPTH;
            let message = format!("more than {most} single-line macros expand within each other");
            let diagnostic = self.error(token, message).label("while expanding this");
            self.report(diagnostic);
            return Err(Stopped);
        }
        // A macro with an empty body is not busy.
        if !is_empty {
            single.busy.set(true);
            expansion.busy.push((single, height));
        }
        Ok(())
    }

    /// Pushes tokens.
    pub(super) fn push_tokens(
        &mut self,
        expansion: &mut Expansion,
        token: &Token,
        tokens: &[Token],
    ) -> Result<(), Stopped> {
        let height = expansion.pending.len();
        expansion.pending.extend(tokens.iter().rev());
        self.account(expansion, token, height)
    }

    /// Charges for the tokens that were pushed above `height`.
    fn account(
        &mut self,
        expansion: &Expansion,
        token: &Token,
        height: usize,
    ) -> Result<(), Stopped> {
        // An expansion that is rejected for its size is charged too.
        if !self.charge(super::cost(expansion.pending.get(height..).unwrap_or_default())) {
            return Err(Stopped);
        }
        self.check_size(token, expansion.pending.len() + expansion.out.len())
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

    /// `%?` is the name as written at the use, `%??` the name as defined.
    fn self_name(&self, part: &Token, token: &Token, single: &Single, origin: Origin) -> Token {
        let named = |span| Token { origin, ..part.renamed(span, self.sources.text(span)) };
        match self.sources.text(part.span) {
            "%?" | "%*?" => named(token.span),
            "%??" | "%*??" => named(single.name),
            _ => Token { origin, ..*part },
        }
    }

    /// Joins the tokens on both sides of each `%+`. Returns whether the result may be a macro;
    /// `None` after a report.
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
            // If one side is empty, the result is the other side.
            let (Some(left), Some(right)) = (out.pop(), tokens.peek().copied()) else { continue };
            tokens.next();
            let text = format!("{}{}", self.sources.text(left.span), self.sources.text(right.span));
            let start = out.len();
            if !self.generate(&text, &left, &mut out) {
                return None;
            }
            let made = out.get(start..).unwrap_or_default();
            again |= made.iter().any(|t| self.may_expand(t));
        }
        *line = out;
        Some(again)
    }
}

/// The message for a use of the macro `name` with a wrong number of parameters.
pub(super) fn wrong_count_message(name: &str, count: usize) -> String {
    match count {
        0 => format!("the macro `{name}` is used without parameters"),
        _ => format!("the macro `{name}` does not take {}", plural(count)),
    }
}

/// A number of parameters as text.
pub(super) fn plural(count: usize) -> String {
    match count {
        0 => "no parameters".to_owned(),
        1 => "1 parameter".to_owned(),
        _ => format!("{count} parameters"),
    }
}

/// [`Token::number`] of a name that is no longer expanded in this line.
pub(super) const SETTLED: u64 = u64::MAX;

/// The arguments of a use, as ranges of its tokens.
#[derive(Default)]
pub(super) struct Arguments {
    pub(super) tokens: Vec<Token>,
    pub(super) ranges: Vec<Range<usize>>,
}

impl Arguments {
    /// The tokens of the argument at `index`; with `greedy`, including those after it.
    pub(super) fn get(&self, index: usize, greedy: bool) -> &[Token] {
        let range = match (self.ranges.get(index), self.ranges.last()) {
            (Some(first), Some(last)) if greedy => first.start..last.end,
            (Some(range), _) => range.clone(),
            _ => 0..0,
        };
        self.tokens.get(range).unwrap_or_default()
    }
}

impl Preprocessor<'_> {
    /// Takes `( … )` from the stack and splits it at its commas.
    pub(super) fn arguments(
        &mut self,
        expansion: &mut Expansion,
        token: &Token,
        defined_at: Option<Span>,
    ) -> Result<Arguments, Stopped> {
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
                        ranges.push(start..tokens.len());
                        strip_braces(&tokens, &mut ranges);
                        return Ok(Arguments { tokens, ranges });
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
            .error(&at, format!("the arguments of `{name}` do not end"))
            .label("no `)` for this");
        let diagnostic = match defined_at {
            Some(span) => self.note_of(diagnostic, span, "it is defined here"),
            None => diagnostic,
        };
        self.report(diagnostic);
        Err(Stopped)
    }

    /// The replacement of each parameter in the body of `single`.
    pub(super) fn values(
        &mut self,
        environment: &dyn Environment,
        expansion: &Expansion,
        token: &Token,
        single: &Single,
        arguments: &Arguments,
    ) -> Result<Vec<Vec<Token>>, Stopped> {
        let parameters = single.parameters.as_deref().unwrap_or_default();
        let is_outermost = expansion.is_outermost();
        if is_outermost {
            single.busy.set(true);
        }
        let mut values = Vec::with_capacity(parameters.len());
        for (index, parameter) in parameters.iter().enumerate() {
            let argument = arguments.get(index, parameter.greedy);
            let value = self.value(environment, token, *parameter, argument);
            let Ok(value) = value else { break };
            values.push(value);
        }
        if is_outermost {
            single.busy.set(false);
        }
        if values.len() == parameters.len() { Ok(values) } else { Err(Stopped) }
    }

    fn value(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        parameter: Parameter,
        argument: &[Token],
    ) -> Result<Vec<Token>, Stopped> {
        let mut value = Vec::new();
        if parameter.evaluate {
            self.evaluated(environment, token, argument, &mut value)?;
            return Ok(value);
        }
        value.extend_from_slice(argument);
        self.expand_argument(environment, token, &mut value)?;
        if parameter.quote {
            let text = string::quote(&to_bytes(&self.join(&value)));
            value.clear();
            if !self.generate(&text, token, &mut value) {
                return Err(Stopped);
            }
        }
        Ok(value)
    }

    /// Expands an argument by itself.
    pub(super) fn expand_argument(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        argument: &mut Vec<Token>,
    ) -> Result<(), Stopped> {
        if !argument.iter().any(|t| self.may_expand(t)) {
            return Ok(());
        }
        self.deeper(token, |this| {
            let mut inner = Expansion::nested(argument);
            let result = this.run(environment, &mut inner);
            inner.release_all();
            *argument = inner.out;
            result?;
            if this.charge(super::cost(argument)) { Ok(()) } else { Err(Stopped) }
        })
    }

    /// Runs `f`, which uses the call stack, unless that is too deep already.
    pub(super) fn deeper<T>(
        &mut self,
        token: &Token,
        work: impl FnOnce(&mut Self) -> Result<T, Stopped>,
    ) -> Result<T, Stopped> {
        if self.evaluation_depth >= limits::EVALUATION_DEPTH {
            let most = limits::EVALUATION_DEPTH;
            let message = format!("arguments are nested more than {most} deep");
            let diagnostic = self.error(token, message).label("here");
            self.report(diagnostic);
            return Err(Stopped);
        }
        self.evaluation_depth += 1;
        let result = work(self);
        self.evaluation_depth -= 1;
        result
    }

    /// The value of an argument as a token.
    fn evaluated(
        &mut self,
        environment: &dyn Environment,
        token: &Token,
        argument: &[Token],
        out: &mut Vec<Token>,
    ) -> Result<(), Stopped> {
        let number =
            self.deeper(token, |this| this.number(environment, token, argument).ok_or(Stopped))?;
        if self.generate(&number.to_string(), token, out) { Ok(()) } else { Err(Stopped) }
    }
}

/// Removes the braces of arguments that are completely in braces.
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
