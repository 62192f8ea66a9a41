//! Multi-line macros: the collection of their bodies (and of the body of a `%rep`), the number of
//! parameters, the choice of the macro that a line calls, and the call.

use super::expand::wrong_count_message;
use super::input::{Body, Frame, Input, Repeat};
use super::origin::DefinitionId;
use super::{Preprocessor, Refused, define, limits};
use crate::asm::syntax::token::{Origin, Punctuation, Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::Span;
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

/// The head of a macro definition.
#[derive(Clone, Debug)]
pub(super) struct Specification {
    pub(super) name: Token,
    pub(super) least: usize,
    /// The maximum number of parameters; `None` for `*`.
    pub(super) most: Option<usize>,
    /// `+`: the last parameter includes the remaining commas.
    pub(super) greedy: bool,
    /// `.nolist`: its lines are not counted, so `__LINE__` stays at the line of its use.
    pub(super) nolist: bool,
    pub(super) defaults: Vec<Token>,
}

impl Specification {
    fn takes(&self, count: usize) -> bool {
        count >= self.least && (self.greedy || self.most.is_none_or(|most| count <= most))
    }

    fn overlaps(&self, other: &Self) -> bool {
        let end = |s: &Self| if s.greedy { usize::MAX } else { s.most.unwrap_or(usize::MAX) };
        self.least <= end(other) && other.least <= end(self)
    }

    fn in_words(&self) -> String {
        match (self.least, self.most, self.greedy) {
            (least, _, true) | (least, None, _) => format!("{least} or more"),
            (least, Some(most), _) if least == most => format!("{least}"),
            (least, Some(most), _) => format!("{least} to {most}"),
        }
    }
}

/// A multi-line macro.
#[derive(Debug)]
pub(super) struct Multi {
    pub(super) name: Span,
    /// Whether letter case is ignored.
    pub(super) fold: bool,
    /// `%rmacro`: the macro may call itself.
    pub(super) recursive: bool,
    pub(super) specification: Specification,
    pub(super) body: Body,
    pub(super) id: DefinitionId,
    /// Whether its body contains `%00`, so that the label before a call is a parameter.
    pub(super) takes_label: bool,
    /// The number of calls in progress.
    pub(super) busy: Cell<u32>,
}

/// A macro call in progress.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) definition: Rc<Multi>,
    pub(super) next: usize,
    /// The name as written at the call.
    pub(super) name: Token,
    pub(super) label: Option<Token>,
    pub(super) origin: Origin,
    /// The number in the names of its local labels.
    pub(super) unique: u32,
    arguments: Vec<Token>,
    ranges: Vec<Range<usize>>,
    rotation: usize,
}

impl Call {
    /// The number of parameters.
    pub(super) fn count(&self) -> usize {
        self.ranges.len()
    }

    /// A parameter by its number from 1; empty if it was not given.
    pub(super) fn argument(&self, number: usize) -> &[Token] {
        let count = self.ranges.len();
        if number == 0 || number > count {
            return &[];
        }
        let index = (number - 1 + self.rotation) % count;
        let range = self.ranges.get(index).cloned().unwrap_or(0..0);
        self.arguments.get(range).unwrap_or_default()
    }

    /// `%rotate`
    pub(super) fn rotate(&mut self, by: i64) {
        let count = (self.ranges.len() as u64).cast_signed();
        if count > 0 {
            let rotation = (self.rotation as u64).cast_signed();
            let sum = (rotation + by.rem_euclid(count)).rem_euclid(count);
            // The sum is at least 0 and less than the number of parameters.
            self.rotation = usize::try_from(sum).unwrap_or(0);
        }
    }

    pub(super) fn weight(&self) -> usize {
        self.arguments.len() + self.ranges.len()
    }

    pub(super) fn leave(&self) {
        self.definition.busy.set(self.definition.busy.get().saturating_sub(1));
    }
}

/// Splits tokens at the commas outside braces, and removes the braces of parts that are completely
/// in braces. An empty text has no parts.
fn split(tokens: &[Token]) -> Vec<Range<usize>> {
    split_at_most(tokens, usize::MAX)
}

fn split_at_most(tokens: &[Token], most: usize) -> Vec<Range<usize>> {
    use Punctuation::{BraceClose, BraceOpen, Comma};
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0usize);
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punctuation(BraceOpen) => depth += 1,
            TokenKind::Punctuation(BraceClose) => depth = depth.saturating_sub(1),
            TokenKind::Punctuation(Comma) if depth == 0 && parts.len() + 1 < most => {
                parts.push(start..index);
                start = index + 1;
            }
            _ => {}
        }
    }
    if !tokens.is_empty() {
        parts.push(start..tokens.len());
    }
    for part in &mut parts {
        let inner = tokens.get(part.clone()).unwrap_or_default();
        if braced(inner).is_some_and(|length| length == inner.len()) {
            *part = part.start + 1..part.end - 1;
        }
    }
    parts
}

/// The length of the group in braces at the start of `tokens`; `None` if there is none or it is not
/// closed.
fn braced(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Punctuation(Punctuation::BraceOpen) => depth += 1,
            TokenKind::Punctuation(Punctuation::BraceClose) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return (index > 0).then_some(index + 1);
        }
    }
    None
}

/// For a parameter that begins with a brace: the brace and true if it is not closed, or the token
/// after the group and false.
fn loose_brace(mut tokens: &[Token]) -> Option<(&Token, bool)> {
    let comma = TokenKind::Punctuation(Punctuation::Comma);
    let open = TokenKind::Punctuation(Punctuation::BraceOpen);
    while let [first, rest @ ..] = tokens {
        let end = match first.kind {
            kind if kind == open => match braced(tokens) {
                Some(length) => length,
                None => return Some((first, true)),
            },
            kind if kind == comma => 0,
            _ => 1 + rest.iter().position(|t| t.kind == comma).unwrap_or(rest.len()),
        };
        match tokens.get(end) {
            Some(token) if token.kind != comma => return Some((token, false)),
            _ => tokens = tokens.get(end + 1..).unwrap_or_default(),
        }
    }
    None
}

impl Preprocessor<'_> {
    /// Reads `name 1-3+ default, default`; `None` after a report.
    pub(super) fn specification(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        rest: &[Token],
        needs_count: bool,
    ) -> Option<Specification> {
        use Punctuation::{Minus, Plus, Star};
        let name = self.defined_name(directive, rest)?;
        let mut tokens = rest.get(1..).unwrap_or_default().to_vec();
        self.expand(environment, &mut tokens).then_some(())?;
        let mut spec = Specification {
            name,
            least: 0,
            most: None,
            greedy: false,
            nolist: false,
            defaults: vec![],
        };
        let mut rest = tokens.as_slice();
        let Some(first) = rest.first() else {
            if needs_count {
                let text = self.sources.text(name.span).to_owned();
                let diagnostic = self
                    .error(
                        &name,
                        format!("the macro `{text}` must say how many parameters it takes"),
                    )
                    .label("no number behind this")
                    .help(format!("write `{text} 0` if it takes none"));
                self.report(diagnostic);
                return None;
            }
            return Some(spec);
        };
        let Some(least) = self.count(first) else {
            let diagnostic = self
                .error(first, "expected a number of parameters")
                .label("not a number")
                .help("such as `0`, `2`, `1-3`, `1-*` or `1+`");
            self.report(diagnostic);
            return None;
        };
        (spec.least, spec.most) = (least, Some(least));
        rest = rest.get(1..).unwrap_or_default();
        if let [minus, most, tail @ ..] = rest
            && minus.kind == TokenKind::Punctuation(Minus)
        {
            spec.most = self.count(most);
            let is_star = most.kind == TokenKind::Punctuation(Star);
            if spec.most.is_none() && !is_star || spec.most.is_some_and(|m| m < spec.least) {
                let diagnostic = self
                    .error(most, "the maximum number of parameters must be a number or `*`, and not below the minimum")
                    .label(format!("the minimum is {least}"));
                self.report(diagnostic);
                return None;
            }
            rest = tail;
        }
        if let [plus, tail @ ..] = rest
            && plus.kind == TokenKind::Punctuation(Plus)
        {
            (spec.greedy, rest) = (true, tail);
        }
        if let [word, tail @ ..] = rest
            && self.sources.text(word.span).eq_ignore_ascii_case(".nolist")
        {
            rest = tail;
        }
        let before = tokens.get(..tokens.len() - rest.len()).unwrap_or_default();
        let is_nolist =
            |t: &Token| self.sources.text(t.span).to_ascii_lowercase().ends_with(".nolist");
        spec.nolist = before.iter().any(is_nolist);
        spec.defaults = rest.to_vec();
        Some(spec)
    }

    /// A number of parameters; `.nolist` may follow it without a space.
    fn count(&self, token: &Token) -> Option<usize> {
        match token.kind {
            TokenKind::Number => usize::try_from(token.number).ok(),
            TokenKind::Float => {
                let text = self.sources.text(token.span).to_ascii_lowercase();
                text.strip_suffix(".nolist")?.parse().ok()
            }
            _ => None,
        }
    }

    /// Whether a multi-line macro with this name, in this letter case, takes a number of parameters
    /// that the pattern takes.
    pub(super) fn has_macro(&self, pattern: &Specification) -> bool {
        let text = self.sources.text(pattern.name.span);
        let list = define::get(&self.multis, text);
        let same = |m: &&Rc<Multi>| self.sources.text(m.name) == text;
        list.into_iter().flatten().filter(same).any(|m| m.specification.overlaps(pattern))
    }

    /// Defines a macro, replacing one with the same parameters.
    pub(super) fn bind_macro(&mut self, macro_: Multi) {
        let text = self.sources.text(macro_.name);
        self.filter.add(text.as_bytes());
        let key = text.to_ascii_lowercase();
        let list = self.multis.entry(key).or_default();
        let (new, mut freed) = (&macro_.specification, 0);
        list.retain(|old| {
            let s = &old.specification;
            let same = old.fold == macro_.fold
                && self.sources.text(old.name) == self.sources.text(macro_.name)
                && (s.least, s.most, s.greedy) == (new.least, new.most, new.greedy);
            if same {
                freed += old.body.weight();
            }
            !same
        });
        list.insert(0, Rc::new(macro_));
        self.store(0, freed);
    }

    /// `%unmacro`
    pub(super) fn unbind_macro(&mut self, pattern: &Specification) {
        let text = self.sources.text(pattern.name.span);
        let mut freed = 0;
        if let Some(list) = self.multis.get_mut(&text.to_ascii_lowercase()) {
            list.retain(|old| {
                let s = &old.specification;
                let same = (old.fold || self.sources.text(old.name) == text)
                    && (s.least, s.most, s.greedy) == (pattern.least, pattern.most, pattern.greedy);
                if same {
                    freed += old.body.weight();
                }
                !same
            });
        }
        self.store(0, freed);
    }

    /// The macro that `name` calls with the tokens after it. Records the mistake if only the number
    /// of parameters is wrong.
    fn called(&mut self, name: &Token, rest: &[Token]) -> Option<Rc<Multi>> {
        if name.kind != TokenKind::Identifier {
            return None;
        }
        let text = self.sources.text(name.span);
        if !self.filter.may_hold(name.hash) {
            return None;
        }
        let list = define::get(&self.multis, text)?;
        let same = |m: &&Rc<Multi>| m.fold || self.sources.text(m.name) == text;
        let (count, written) = (arguments(rest).len(), split(rest).len());
        let known = list.iter().filter(same);
        let first = Rc::clone(known.clone().next()?);
        let known_busy = known.clone().any(|m| m.busy.get() > 0);
        // As in NASM, a parameter that is empty because of a comma at the very end counts when the
        // macro is chosen, but is not given to it.
        let find = |count| known.clone().find(|m| m.specification.takes(count)).cloned();
        let found = find(written).or_else(|| find(count));
        if let Some(found) = found.filter(|m| m.recursive || m.busy.get() == 0) {
            return Some(found);
        }
        // In its own body the name is most likely the instruction that the macro wraps.
        if known_busy {
            if name.word.statement().is_some() {
                return None;
            }
            let diagnostic = self
                .error(name, format!("the macro `{text}` is used within itself"))
                .label("here it is read as an instruction")
                .help("`%rmacro` makes a macro that can use itself");
            self.refused = Some(Box::new(Refused { diagnostic, warns: false }));
            return None;
        }
        let takes = first.specification.in_words();
        let text = text.to_owned();
        let diagnostic =
            self.error(name, wrong_count_message(&text, count)).label(format!("it takes {takes}"));
        let diagnostic = self.note_of(diagnostic, first.name, "it is defined here");
        self.refused = Some(Box::new(Refused { diagnostic, warns: true }));
        None
    }

    /// Whether it is a name or a label of a context.
    fn can_be_label(&self, token: &Token) -> bool {
        let in_context = || self.sources.text(token.span).starts_with("%$");
        token.kind == TokenKind::Identifier || token.kind == TokenKind::Preprocessor && in_context()
    }

    /// Enters the macro that the line calls, if any, and leaves in the line what precedes the call:
    /// a label, or nothing.
    pub(super) fn enter_macro(&mut self, line: &mut Vec<Token>) -> bool {
        let colon = TokenKind::Punctuation(Punctuation::Colon);
        let location = match line.as_slice() {
            [first, rest @ ..] if self.called(first, rest).is_some() => 0,
            [label, second, name, rest @ ..]
                if self.can_be_label(label)
                    && second.kind == colon
                    && self.called(name, rest).is_some() =>
            {
                2
            }
            [label, name, rest @ ..]
                if self.can_be_label(label) && self.called(name, rest).is_some() =>
            {
                1
            }
            _ => return false,
        };
        let rest = line.split_off(location + 1);
        let (name, label) = (line.pop(), line.first().copied());
        let Some(name) = name else { return false };
        let Some(definition) = self.called(&name, &rest) else { return false };
        if !self.check_braces(&rest) {
            return true;
        }
        if split(&rest).len() > arguments(&rest).len()
            && let Some(comma) = rest.last()
        {
            let text = self.sources.text(name.span).to_owned();
            let warning = self
                .warning(
                    "pp-macro-params-legacy",
                    comma,
                    format!("an empty parameter at the end of the call of `{text}` is left out"),
                )
                .label("nothing stands behind this comma")
                .help("`{}` is an empty parameter that counts");
            self.report(warning);
        }
        if label.is_some() && definition.takes_label {
            line.clear();
        }
        self.refused = None;
        self.push_call(definition, name, label, rest);
        true
    }

    /// Whether each parameter that begins with a brace is completely in braces. Reports the first
    /// one that is not.
    fn check_braces(&mut self, rest: &[Token]) -> bool {
        let Some((token, is_open)) = loose_brace(rest) else { return true };
        let diagnostic = if is_open {
            self.error(token, "this brace is never closed").label("no `}` closes it")
        } else {
            self.error(token, "the braces do not contain the whole parameter")
                .label("outside the braces")
                .help("put the whole parameter in braces: `{{k1}{z}}`")
        };
        self.report(diagnostic);
        false
    }

    fn push_call(
        &mut self,
        definition: Rc<Multi>,
        name: Token,
        label: Option<Token>,
        mut rest: Vec<Token>,
    ) {
        if self.frames.len() >= limits::MACRO_DEPTH {
            let most = limits::MACRO_DEPTH;
            self.give_up(format!("more than {most} macros and repetitions are within each other"));
            return;
        }
        let Some(origin) = self.origins.enter(&name, definition.id) else {
            let most = limits::USES;
            self.give_up(format!("macros are used more than {most} times"));
            return;
        };
        let spec = &definition.specification;
        let mut ranges = arguments(&rest);
        if spec.greedy && spec.most.is_some_and(|most| ranges.len() > most.max(1)) {
            ranges = split_at_most(&rest, spec.most.unwrap_or(1).max(1));
        }
        // The defaults are for the parameters from `least` + 1 on.
        let missing = ranges.len().saturating_sub(spec.least);
        let most = spec.most.map_or(usize::MAX, |most| most - spec.least.min(most));
        let defaults = if spec.greedy {
            split_at_most(&spec.defaults, most.max(1))
        } else {
            split(&spec.defaults)
        };
        let start = rest.len();
        for range in defaults.into_iter().skip(missing).take(most.saturating_sub(missing)) {
            ranges.push(start + range.start..start + range.end);
        }
        rest.extend_from_slice(&spec.defaults);
        definition.busy.set(definition.busy.get() + 1);
        let unique = self.unique;
        self.unique += 1;
        let (arguments, rotation, next) = (rest, 0, 0);
        let call =
            Call { definition, next, name, label, origin, unique, arguments, ranges, rotation };
        self.store(call.weight(), 0);
        let is_within = self.frames.last().is_some_and(|frame| frame.keeps_line);
        let keeps_line = is_within || call.definition.specification.nolist;
        self.frames.push(Frame { keeps_line, ..Frame::new(Input::Macro(call)) });
    }
}

/// The arguments of a call. A trailing comma adds none.
fn arguments(rest: &[Token]) -> Vec<Range<usize>> {
    let mut parts = split(rest);
    if parts.len() > 1 && parts.last().is_some_and(Range::is_empty) {
        let ends_in_comma =
            rest.last().is_some_and(|t| t.kind == TokenKind::Punctuation(Punctuation::Comma));
        if ends_in_comma {
            parts.pop();
        }
    }
    parts
}

/// The purpose of a collected body.
#[derive(Debug)]
enum Purpose {
    Macro {
        specification: Specification,
        fold: bool,
        recursive: bool,
    },
    Repeat(u64),
    /// The head was wrong, so the body is discarded.
    Nothing,
}

/// A body that is being collected.
#[derive(Debug)]
pub(super) struct Collecting {
    opener: Token,
    purpose: Purpose,
    is_macro: bool,
    /// The number of open bodies of the same kind within it.
    depth: usize,
    body: Body,
}

/// A word that opens or closes a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Edge {
    OpenMacro,
    CloseMacro,
    OpenRepeat,
    CloseRepeat,
}

impl Preprocessor<'_> {
    fn edge(&self, line: &[Token]) -> Option<Edge> {
        let token = line.first().filter(|t| t.kind == TokenKind::Preprocessor)?;
        let word = self.sources.text(token.span).get(1..)?;
        let is = |name: &str| word.eq_ignore_ascii_case(name);
        match () {
            () if is("macro") || is("imacro") || is("rmacro") || is("irmacro") => {
                Some(Edge::OpenMacro)
            }
            () if is("endmacro") || is("endm") => Some(Edge::CloseMacro),
            () if is("rep") => Some(Edge::OpenRepeat),
            () if is("endrep") => Some(Edge::CloseRepeat),
            () => None,
        }
    }

    /// Adds a line to the body, or ends it.
    pub(super) fn collect(&mut self, line: &[Token]) {
        let edge = self.edge(line);
        let Some(collecting) = self.collecting.as_mut() else { return };
        let (open, close) = if collecting.is_macro {
            (Edge::OpenMacro, Edge::CloseMacro)
        } else {
            (Edge::OpenRepeat, Edge::CloseRepeat)
        };
        match edge {
            Some(edge) if edge == open => collecting.depth += 1,
            Some(edge) if edge == close && collecting.depth == 0 => {
                if let Some(collecting) = self.collecting.take() {
                    self.finish(collecting);
                }
                if let [directive, rest @ ..] = line {
                    self.expect_end(directive, rest);
                }
                return;
            }
            Some(edge) if edge == close => collecting.depth -= 1,
            _ => {}
        }
        if !matches!(collecting.purpose, Purpose::Nothing) {
            collecting.body.push(line);
            self.store(line.len() + 1, 0);
        }
    }

    fn finish(&mut self, collecting: Collecting) {
        let Collecting { purpose, body, .. } = collecting;
        match purpose {
            Purpose::Macro { specification, fold, recursive } => {
                let name = specification.name.span;
                let is_label = |t: &Token| self.sources.text(t.span) == "%00";
                let takes_label = body.tokens().iter().any(is_label);
                let id = self.origins.define(name);
                let busy = Cell::new(0);
                self.bind_macro(Multi {
                    name,
                    fold,
                    recursive,
                    specification,
                    body,
                    id,
                    takes_label,
                    busy,
                });
            }
            Purpose::Repeat(count) if count > 0 && body.line(0).is_some() => {
                if self.frames.len() >= limits::MACRO_DEPTH {
                    let most = limits::MACRO_DEPTH;
                    self.give_up(format!(
                        "more than {most} macros and repetitions are within each other"
                    ));
                    return;
                }
                let repeat = Repeat { body: Rc::new(body), next: 0, left: count - 1 };
                let keeps_line = self.frames.last().is_some_and(|frame| frame.keeps_line);
                self.frames.push(Frame { keeps_line, ..Frame::new(Input::Repeat(repeat)) });
            }
            Purpose::Repeat(_) | Purpose::Nothing => self.store(0, body.weight()),
        }
    }

    /// `%macro` and its relatives.
    pub(super) fn open_macro(
        &mut self,
        environment: &dyn Environment,
        (fold, recursive): (bool, bool),
        directive: &Token,
        rest: &[Token],
    ) {
        let purpose = match self.specification(environment, directive, rest, true) {
            Some(specification) => Purpose::Macro { specification, fold, recursive },
            None => Purpose::Nothing,
        };
        self.open(directive, purpose, true);
    }

    /// `%rep`
    pub(super) fn open_repeat(
        &mut self,
        environment: &dyn Environment,
        directive: &Token,
        rest: &[Token],
    ) {
        let rest: Vec<Token> = match rest.split_last() {
            Some((last, before)) if self.is_nolist(last) => before.to_vec(),
            _ => rest.to_vec(),
        };
        let rest = match rest.split_first() {
            Some((first, behind)) if self.is_nolist(first) => behind.to_vec(),
            _ => rest,
        };
        let purpose = match self.number(environment, directive, &rest) {
            Some(count) if count > limits::REPEATS => {
                let most = limits::REPEATS;
                let at = rest.first().copied().unwrap_or(*directive);
                let diagnostic = self
                    .error(&at, format!("a `%rep` repeats at most {most} times"))
                    .label(format!("this is {count}"))
                    .help("`times` repeats a single statement without that limit");
                self.report(diagnostic);
                Purpose::Nothing
            }
            Some(count) => {
                if count < 0 {
                    let warning = self
                        .warning("pp-rep-negative", directive, format!("`%rep` of {count} times"))
                        .label("repeats nothing");
                    self.report(warning);
                }
                Purpose::Repeat(count.max(0).cast_unsigned())
            }
            None => Purpose::Nothing,
        };
        self.open(directive, purpose, false);
    }

    fn is_nolist(&self, token: &Token) -> bool {
        self.sources.text(token.span).eq_ignore_ascii_case(".nolist")
    }

    fn open(&mut self, directive: &Token, purpose: Purpose, is_macro: bool) {
        let body = Body::default();
        self.collecting =
            Some(Collecting { opener: *directive, purpose, is_macro, depth: 0, body });
    }

    pub(super) fn report_open_collection(&mut self, collecting: &Collecting) {
        let end = if collecting.is_macro { "%endmacro" } else { "%endrep" };
        let name = self.sources.text(collecting.opener.span).to_owned();
        let diagnostic = self
            .error(&collecting.opener, format!("this `{name}` has no `{end}`"))
            .label("opened here");
        self.report(diagnostic);
    }

    /// `%exitrep`: leaves the innermost repetition.
    pub(super) fn exit_repeat(&mut self, directive: &Token) {
        self.exit(directive, "%rep", |input| matches!(input, Input::Repeat(_)));
    }

    /// `%exitmacro`: leaves the innermost macro.
    pub(super) fn exit_macro(&mut self, directive: &Token) {
        self.exit(directive, "%macro", |input| matches!(input, Input::Macro(_)));
    }

    fn exit(&mut self, directive: &Token, what: &str, is_it: impl Fn(&Input) -> bool) {
        let inner = |f: &&Frame| !matches!(f.input, Input::File(_));
        let frames = self.frames.iter().rev().take_while(inner);
        match frames.map(|f| is_it(&f.input)).position(|found| found) {
            Some(depth) => {
                for _ in 0..=depth {
                    self.drop_frame();
                }
            }
            None => {
                let name = self.sources.text(directive.span).to_owned();
                let diagnostic = self
                    .error(directive, format!("`{name}` outside of a `{what}`"))
                    .label("nothing to leave here");
                self.report(diagnostic);
            }
        }
    }
}
