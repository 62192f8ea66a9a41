//! The directives of the preprocessor, one row each, and the method for each of them.

use super::condition::{self, Word};
use super::define::Style;
use super::function::StringDirective;
use super::{Preprocessor, limits};
use crate::asm::syntax::token::{Token, TokenKind};
use crate::asm::value::expression::Environment;
use crate::diagnostic::Severity;

/// The effect of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Directive {
    Define(Style),
    Assign { fold: bool },
    Undefine,
    Alias { fold: bool },
    UndefineAlias,
    SwitchAliases,
    Macro { fold: bool, recursive: bool },
    EndMacro,
    ExitMacro,
    Unmacro,
    Repeat,
    EndRepeat,
    ExitRepeat,
    Rotate,
    Text(StringDirective, bool),
    Include,
    Use,
    Depend,
    Line,
    Say(Severity),
    Fatal,
    Push,
    Pop,
    Rename,
    Clear,
    Ignore,
    Arguments,
    Locals,
    StackSize,
}

/// The directives by name, except the family of `%if`.
#[rustfmt::skip]
static DIRECTIVES: &[(&str, Directive)] = &[
    ("define", Directive::Define(Style { expand: false, fold: false })),
    ("idefine", Directive::Define(Style { expand: false, fold: true })),
    ("xdefine", Directive::Define(Style { expand: true, fold: false })),
    ("ixdefine", Directive::Define(Style { expand: true, fold: true })),
    ("assign", Directive::Assign { fold: false }),
    ("iassign", Directive::Assign { fold: true }),
    ("undef", Directive::Undefine),
    ("macro", Directive::Macro { fold: false, recursive: false }),
    ("imacro", Directive::Macro { fold: true, recursive: false }),
    ("rmacro", Directive::Macro { fold: false, recursive: true }),
    ("irmacro", Directive::Macro { fold: true, recursive: true }),
    ("endmacro", Directive::EndMacro),
    ("endm", Directive::EndMacro),
    ("exitmacro", Directive::ExitMacro),
    ("unmacro", Directive::Unmacro),
    ("unimacro", Directive::Unmacro),
    ("rep", Directive::Repeat),
    ("endrep", Directive::EndRepeat),
    ("exitrep", Directive::ExitRepeat),
    ("rotate", Directive::Rotate),
    ("strlen", Directive::Text(StringDirective::Length, false)),
    ("istrlen", Directive::Text(StringDirective::Length, true)),
    ("strcat", Directive::Text(StringDirective::Concatenate, false)),
    ("istrcat", Directive::Text(StringDirective::Concatenate, true)),
    ("substr", Directive::Text(StringDirective::Part, false)),
    ("isubstr", Directive::Text(StringDirective::Part, true)),
    ("defstr", Directive::Text(StringDirective::Quote, false)),
    ("idefstr", Directive::Text(StringDirective::Quote, true)),
    ("deftok", Directive::Text(StringDirective::Unquote, false)),
    ("ideftok", Directive::Text(StringDirective::Unquote, true)),
    ("pathsearch", Directive::Text(StringDirective::Path, false)),
    ("ipathsearch", Directive::Text(StringDirective::Path, true)),
    ("include", Directive::Include),
    ("use", Directive::Use),
    ("depend", Directive::Depend),
    ("line", Directive::Line),
    ("error", Directive::Say(Severity::Error)),
    ("warning", Directive::Say(Severity::Warning)),
    ("fatal", Directive::Fatal),
    ("push", Directive::Push),
    ("pop", Directive::Pop),
    ("repl", Directive::Rename),
    ("clear", Directive::Clear),
    ("pragma", Directive::Ignore),
    ("null", Directive::Ignore),
    ("arg", Directive::Arguments),
    ("local", Directive::Locals),
    ("stacksize", Directive::StackSize),
    ("defalias", Directive::Alias { fold: false }),
    ("idefalias", Directive::Alias { fold: true }),
    ("undefalias", Directive::UndefineAlias),
    ("aliases", Directive::SwitchAliases),
];

impl Preprocessor<'_> {
    /// Whether a line begins with a directive.
    pub(super) fn is_directive(&self, line: &[Token]) -> bool {
        let is_word = line.first().is_some_and(|token| {
            let text = self.sources.text(token.span).as_bytes();
            token.kind == TokenKind::Preprocessor
                && text.get(1).is_some_and(u8::is_ascii_alphabetic)
        });
        is_word && !self.is_function(line)
    }

    /// Executes the directive at the start of a line.
    pub(super) fn obey(&mut self, environment: &dyn Environment, line: &[Token]) {
        let [directive, rest @ ..] = line else { return };
        let name = self.sources.text(directive.span).get(1..).unwrap_or("").to_ascii_lowercase();
        if let Some(word) = condition::word(&name) {
            return self.obey_condition(environment, word, directive, rest);
        }
        match DIRECTIVES.iter().find(|&&(known, _)| known == name) {
            Some(&(_, row)) => self.obey_row(environment, row, directive, rest),
            None => self.report_unknown(directive, &name),
        }
    }

    /// Follows the directive at the start of a skipped line.
    pub(super) fn skipped_directive(
        &mut self,
        environment: &dyn Environment,
        line: &mut Vec<Token>,
    ) {
        let Some(directive) = line.first().copied() else { return };
        let name = self.sources.text(directive.span).get(1..).unwrap_or("").to_ascii_lowercase();
        let Some(word) = condition::word(&name) else { return };
        let branches = matches!(word, Word::Elif(..) | Word::Else);
        if branches && self.is_waiting() && matches!(word, Word::Elif(..)) {
            // Its condition is evaluated, so its parameters are substituted.
            if !self.substitute(environment, line) {
                line.truncate(1);
            }
        }
        let rest = line.get(1..).unwrap_or_default();
        if branches {
            self.branch(environment, word, &directive, rest);
        } else {
            self.skip_condition(word, &directive, rest);
        }
    }

    fn report_unknown(&mut self, directive: &Token, name: &str) {
        let mut diagnostic = self
            .error(directive, format!("`%{name}` is not a preprocessor directive"))
            .label("unknown directive");
        if self.diagnostics.len() < limits::SUGGESTIONS {
            let names = DIRECTIVES.iter().map(|&(name, _)| name.to_owned());
            let known: Vec<String> = names.chain(condition::words()).collect();
            diagnostic = Self::suggest(diagnostic, name, &known);
        }
        self.report(diagnostic);
    }

    fn obey_row(
        &mut self,
        environment: &dyn Environment,
        row: Directive,
        directive: &Token,
        rest: &[Token],
    ) {
        match row {
            Directive::Define(style) => self.define(environment, style, directive, rest),
            Directive::Assign { fold } => self.assign(environment, fold, directive, rest),
            Directive::Undefine => self.undefine(directive, rest),
            Directive::Alias { fold } => self.define_alias(fold, directive, rest),
            Directive::UndefineAlias => self.undefine_alias(directive, rest),
            Directive::SwitchAliases => self.switch_aliases(directive, rest),
            Directive::Macro { fold, recursive } => {
                self.open_macro(environment, (fold, recursive), directive, rest);
            }
            Directive::EndMacro => self.report_no_opener(directive, "%macro"),
            Directive::ExitMacro => self.exit_macro(directive),
            Directive::Unmacro => {
                if let Some(pattern) = self.specification(environment, directive, rest, true) {
                    self.unbind_macro(&pattern);
                }
            }
            Directive::Repeat => self.open_repeat(environment, directive, rest),
            Directive::EndRepeat => self.report_no_opener(directive, "%rep"),
            Directive::ExitRepeat => self.exit_repeat(directive),
            Directive::Rotate => self.rotate(environment, directive, rest),
            Directive::Text(function, fold) => {
                self.call_function(environment, function, fold, directive, rest);
            }
            Directive::Include => self.include(environment, directive, rest),
            Directive::Use => self.use_package(directive, rest),
            Directive::Depend | Directive::Ignore => {}
            Directive::Line => self.set_line(environment, directive, rest),
            Directive::Say(severity) => self.say_expanded(environment, severity, directive, rest),
            Directive::Fatal => {
                self.say_expanded(environment, Severity::Error, directive, rest);
                self.ended = true;
            }
            Directive::Push => self.push_context(directive, rest),
            Directive::Pop => self.pop_context(directive, rest),
            Directive::Rename => self.rename_context(directive, rest),
            Directive::Clear => self.clear(rest),
            Directive::Arguments => self.define_arguments(directive, rest),
            Directive::Locals => self.define_locals(environment, directive, rest),
            Directive::StackSize => self.set_stack_size(directive, rest),
        }
    }

    fn say_expanded(
        &mut self,
        environment: &dyn Environment,
        severity: Severity,
        directive: &Token,
        rest: &[Token],
    ) {
        let mut tokens = rest.to_vec();
        if self.expand(environment, &mut tokens) {
            self.say(severity, directive, &tokens);
        }
    }

    fn report_no_opener(&mut self, directive: &Token, opener: &str) {
        let name = self.sources.text(directive.span).to_owned();
        let diagnostic = self
            .error(directive, format!("`{name}` without a `{opener}`"))
            .label(format!("no `{opener}` is open here"));
        self.report(diagnostic);
    }

    fn rotate(&mut self, environment: &dyn Environment, directive: &Token, rest: &[Token]) {
        let Some(by) = self.number(environment, directive, rest) else { return };
        match self.call_mut() {
            Some(call) => call.rotate(by),
            None => self.report_no_opener(directive, "%macro"),
        }
    }

    /// `%clear`, with the kinds of macros to remove, or all.
    fn clear(&mut self, rest: &[Token]) {
        let words: Vec<String> =
            rest.iter().map(|t| self.sources.text(t.span).to_ascii_lowercase()).collect();
        let is = |names: &[&str]| words.iter().any(|w| names.contains(&w.as_str()));
        let all = words.is_empty() || is(&["all"]);
        if all || is(&["define", "defines", "def"]) {
            self.singles.clear();
        }
        if all || is(&["macro", "macros", "mmacro", "mmacros"]) {
            self.multis.clear();
        }
    }
}
