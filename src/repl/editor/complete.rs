//! What the Tab key offers.
//!
//! A list never takes more than the screen has, so that it needs no pager: what is too much is
//! counted.

use super::highlight::{PREFIXES, SIZES};
use super::scope::{self, Scope};
use crate::applet::embedded;
use crate::asm::syntax::directive::DIRECTIVES;
use crate::asm::syntax::{table, word};
use crate::repl::command::{Argument, COMMANDS};
use crate::repl::describe::describe;
use crate::repl::entry;
use rustyline::completion::{FilenameCompleter, Pair};

/// Something to offer: the word, and what it is.
struct Offer {
    word: String,
    about: String,
}

fn offer(word: impl Into<String>, about: impl Into<String>) -> Offer {
    Offer { word: word.into(), about: about.into() }
}

/// Directives of the preprocessor.
#[rustfmt::skip]
const PREPROCESSOR: [&str; 48] = [
    "%assign", "%clear", "%define", "%defstr", "%deftok", "%depend", "%elif", "%elifdef", "%else",
    "%endif", "%endmacro", "%endrep", "%error", "%exitmacro", "%exitrep", "%fatal", "%iassign",
    "%idefine", "%if", "%ifctx", "%ifdef", "%ifempty", "%ifenv", "%ifid", "%ifidn", "%ifidni",
    "%ifmacro", "%ifn", "%ifndef", "%ifnum", "%ifstr", "%iftoken", "%imacro", "%include", "%line",
    "%macro", "%pathsearch", "%pop", "%push", "%rep", "%rotate", "%strcat", "%strlen", "%substr",
    "%undef", "%use", "%warning", "%xdefine",
];

/// Where the word that is completed begins, and what it may become.
pub(super) fn complete(text: &str, cursor: usize, scope: &Scope) -> (usize, Vec<Pair>) {
    let before = text.get(..cursor).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.get(line_start..).unwrap_or_default();
    if let Some(quoted) = included(line) {
        return includes(before, quoted);
    }
    if entry::is_command(text) {
        return command(before, scope);
    }
    let start = word_start(before);
    let word = before.get(start..).unwrap_or_default();
    let head = before.get(line_start..start).unwrap_or_default();
    if word.is_empty() || entry::without_comment(line).len() < line.len() {
        return (start, Vec::new());
    }
    let mut offers = Vec::new();
    if word.starts_with('%') {
        offers.extend(PREPROCESSOR.iter().map(|name| offer(*name, "")));
    } else {
        if begins_statement(head) {
            offers.extend(statements(scope, text));
        }
        offers.extend(operands(scope, text));
    }
    (start, fit(word, offers))
}

/// What stands behind the quote of an `%include` or `incbin` that is being typed.
fn included(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    let rest = rest.strip_prefix("%include").or_else(|| rest.strip_prefix("incbin"))?;
    let quoted = rest.trim_start();
    let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let name = quoted.get(1..)?;
    (!name.contains(quote)).then_some(name)
}

/// Texts of the standard library and files.
fn includes(before: &str, name: &str) -> (usize, Vec<Pair>) {
    let start = before.len() - name.len();
    let library = embedded::stdlib_names().map(|n| offer(format!("stdlib/{n}.inc"), "built in"));
    let mut pairs = fit(name, library.collect());
    let library: Vec<_> = pairs.iter().map(|pair| pair.replacement.clone()).collect();
    pairs.extend(files(name, 0).1.into_iter().filter(|f| !library.contains(&f.replacement)));
    (start, pairs)
}

/// File names; the second is where the word begins.
fn files(text: &str, start: usize) -> (usize, Vec<Pair>) {
    let path = text.get(start..).unwrap_or_default();
    let found = FilenameCompleter::new().complete_path(path, path.len());
    let (at, mut pairs) = found.unwrap_or_default();
    pairs.truncate(super::terminal::size().1.saturating_sub(3).max(1));
    (start + at, pairs)
}

fn command(before: &str, scope: &Scope) -> (usize, Vec<Pair>) {
    let blank = before.len() - before.trim_start().len();
    let name = before.get(blank..).unwrap_or_default();
    let Some((name, _)) = name.split_once(char::is_whitespace) else {
        let offers = COMMANDS.iter().map(|c| offer(c.name, c.summary));
        return (blank, fit(name, offers.collect()));
    };
    let start = word_start(before);
    let word = before.get(start..).unwrap_or_default();
    let Some(row) = COMMANDS.iter().find(|row| row.name == name) else {
        return (start, Vec::new());
    };
    let offers = match row.argument {
        Argument::Text => Vec::new(),
        Argument::File => {
            let start = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
            return files(before, start);
        }
        Argument::Address => operands(scope, "").collect(),
        Argument::Topic => {
            let commands =
                COMMANDS.iter().map(|c| offer(c.name.trim_start_matches(':'), c.summary));
            commands.chain(mnemonics()).collect()
        }
        Argument::Words(words) => words.iter().map(|word| offer(*word, "")).collect(),
    };
    (start, fit(word, offers))
}

fn mnemonics() -> impl Iterator<Item = Offer> {
    table::mnemonics().map(|name| offer(name, ""))
}

/// What can begin a statement.
fn statements<'a>(scope: &'a Scope, text: &'a str) -> impl Iterator<Item = Offer> + use<'a> {
    let macros = scope.macros(text).map(|name| offer(name, "macro"));
    let directives = DIRECTIVES.iter().map(|d| offer(d.name, d.summary));
    let prefixes = PREFIXES.iter().map(|name| offer(*name, "prefix"));
    macros.chain(directives).chain(prefixes).chain(mnemonics())
}

/// What can stand in an operand or an expression.
fn operands<'a>(scope: &'a Scope, text: &'a str) -> impl Iterator<Item = Offer> + use<'a> {
    let symbols = scope.symbols().iter().map(|s| offer(&s.name, format!("0x{:X}", s.value)));
    let labels = scope::labels(text).map(|name| offer(name, "label"));
    let macros = scope.macros(text).map(|name| offer(name, "macro"));
    let is_valid = |name: &&str| word::register(name).is_some_and(|r| scope.is_valid(r));
    let registers = table::registers().filter(is_valid).map(|name| offer(name, "register"));
    symbols
        .chain(labels)
        .chain(macros)
        .chain(registers)
        .chain(SIZES.iter().map(|name| offer(*name, "")))
}

/// Whether a statement may begin behind this much of a line.
fn begins_statement(head: &str) -> bool {
    let rest = head.rsplit_once(':').map_or(head, |(_, rest)| rest);
    rest.split_whitespace().all(|word| PREFIXES.iter().any(|p| p.eq_ignore_ascii_case(word)))
}

fn word_start(before: &str) -> usize {
    let is_part = |c: char| !c.is_ascii() || u8::try_from(c).is_ok_and(entry::is_name_byte);
    let word = before.trim_end_matches(|c: char| is_part(c) || c == '%');
    word.len()
}

/// The offers that begin with the word, as many as fit on the screen.
fn fit(word: &str, mut offers: Vec<Offer>) -> Vec<Pair> {
    let begins = |offer: &Offer| {
        let start = offer.word.get(..word.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    offers.retain(begins);
    offers.sort_by(|a, b| a.word.cmp(&b.word));
    offers.dedup_by(|a, b| a.word == b.word);
    // A word in capitals goes on in capitals.
    if word.bytes().any(|b| b.is_ascii_uppercase()) && !word.bytes().any(|b| b.is_ascii_lowercase())
    {
        for offer in offers.iter_mut().filter(|offer| !offer.word.starts_with(word)) {
            offer.word.make_ascii_uppercase();
        }
    }
    let (columns, rows) = super::terminal::size();
    draw(&offers, columns, rows.saturating_sub(3).max(1))
}

/// With what they are, one in a row, if that fits; else the words in columns; else only the first
/// of them and how many more there are.
fn draw(offers: &[Offer], columns: usize, rows: usize) -> Vec<Pair> {
    let width = offers.iter().map(|o| o.word.chars().count()).max().unwrap_or(0);
    if offers.len() <= rows {
        let row = |offer: &Offer| {
            let about = match describe(&offer.word) {
                Some(text) if offer.about.is_empty() => text,
                _ => &offer.about,
            };
            let row = format!("{:width$}  {about}", offer.word);
            let display = row.trim_end().chars().take(columns.saturating_sub(3)).collect();
            Pair { display, replacement: offer.word.clone() }
        };
        return offers.iter().map(row).collect();
    }
    let pair =
        |offer: &Offer| Pair { display: offer.word.clone(), replacement: offer.word.clone() };
    // Two columns of space, as the list is drawn, and room for the count.
    let across = (columns / (width.max("… 9999 more".chars().count()) + 2)).max(1);
    let room = across * rows;
    if offers.len() <= room {
        return offers.iter().map(pair).collect();
    }
    let (shown, more) = offers.split_at(room - 1);
    let mut pairs: Vec<_> = shown.iter().map(pair).collect();
    // What is typed may become longer only as far as all agree.
    let replacement = common(offers);
    pairs.push(Pair { display: format!("… {} more", more.len()), replacement });
    pairs
}

/// What all words begin with.
fn common(offers: &[Offer]) -> String {
    let mut words = offers.iter().map(|offer| offer.word.as_str());
    let mut common = words.next().unwrap_or_default();
    for word in words {
        let same = common.char_indices().zip(word.chars()).take_while(|((_, a), b)| a == b);
        let length = same.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0);
        common = common.get(..length).unwrap_or_default();
    }
    common.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::scope::sample;
    use super::*;
    use crate::image::Mode;

    fn words(text: &str, mode: Mode) -> (usize, Vec<String>) {
        let (start, pairs) = complete(text, text.len(), &sample(mode));
        (start, pairs.into_iter().map(|pair| pair.replacement).collect())
    }

    #[test]
    fn each_place_has_its_words() {
        let long = |text: &str| words(text, Mode::Long);
        assert_eq!(long("top: movsx"), (5, vec!["movsx".into(), "movsxd".into()]));
        assert_eq!(long("mov eax, mess"), (9, vec!["message".into()]));
        assert_eq!(long("lea rax, [mess"), (10, vec!["message".into()]));
        assert_eq!(long("prin"), (0, vec!["print".into()]));
        assert_eq!(long("%incl"), (0, vec!["%include".into()]));
        assert_eq!(long(":hel"), (0, vec![":help".into()]));
        assert_eq!(long("rep mov rb"), (8, vec!["rbp".into(), "rbx".into()]));
        assert_eq!(words("mov eb", Mode::Real).1, ["ebp", "ebx"]);
        assert_eq!(words("mov rb", Mode::Real).1, [""; 0]);
        assert_eq!(long("MOVSX").1, ["MOVSX", "MOVSXD"]);
        assert!(long("%include \"stdlib/").1.iter().any(|name| name == "stdlib/io.inc"));
        assert_eq!(long("retry:\n jmp ret").1, ["retry"]);
        assert_eq!(long("%macro greet 0\n%endmacro\ngree").1, ["greet"]);
        assert_eq!(long("mov al, tw").1, ["two", "tword"]);
        for nothing in ["", "mov ", "; mov", "mov eax, 1 ; mes", "é"] {
            assert_eq!(long(nothing).1, [""; 0], "{nothing}");
        }
        assert!(long(":help movsx").1.contains(&"movsxd".to_owned()));
    }

    #[test]
    fn a_list_fits_the_screen_and_says_what_things_are() {
        let offers: Vec<_> = (0..500).map(|n| offer(format!("word{n:03}"), "about")).collect();
        let rows = draw(&offers[..3], 80, 10);
        assert_eq!(rows[0].display, "word000  about");
        assert_eq!(draw(&offers[..3], 12, 10)[0].display, "word000  ");
        assert_eq!(draw(&offers[..30], 80, 10).len(), 30);
        let many = draw(&offers, 80, 10);
        assert_eq!(many.len(), 60);
        assert_eq!(many[59].display, "… 441 more");
        assert_eq!(many[59].replacement, "word");
        assert_eq!(draw(&[], 80, 10).len(), 0);
        assert!(draw(&offers, 1, 1).len() == 1);
    }

    #[test]
    fn no_place_is_a_surprise() {
        let text = "top: mov é, [message+1]\n%include 'x' ; :mem \"a\\";
        for (cursor, _) in text.char_indices() {
            for (end, _) in text.char_indices().filter(|(end, _)| *end >= cursor) {
                let (start, _) = complete(&text[..end], cursor, &sample(Mode::Long));
                assert!(start <= cursor);
            }
        }
    }
}
