//! An applet as one page: its source with colours, and its cases.
//!
//! The page holds no script and asks for nothing from elsewhere, and every character of the applet
//! is text in it. Does not judge the source: what is a register is coloured as one.

use crate::applet::case::{self, Embedded, STREAMS};
use crate::applet::files::Files;
use crate::applet::{line, provenance};
use crate::asm::syntax::directive::DIRECTIVES;
use crate::asm::syntax::lexer::{self, filter::Filter};
use crate::asm::syntax::token::{Punctuation, Token, TokenKind};
use crate::asm::syntax::word;
use crate::asm::{DefaultOrigin, Options};
use crate::diagnostic::{FileId, Sources};
use crate::driver::{self, Choices};
use base64ct::{Base64, Encoding};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// The page for the text of an applet.
#[must_use]
pub fn page(text: &str) -> String {
    let mut sources = Sources::new();
    let main = sources.add("<page>", None, text.to_owned());
    let options = Options { default_origin: DefaultOrigin::ByMode, ..Options::default() };
    let program = driver::assemble(&mut sources, main, &Files::built_in(), &options).ok();
    let metadata = program.as_ref().map(|p| p.metadata.clone()).unwrap_or_default();
    let name = metadata.name.as_deref().unwrap_or("applet");
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n");
    // The style of the page by its hash, and nothing else.
    let style = Base64::encode_string(&Sha256::digest(STYLE));
    let _ = writeln!(
        out,
        "<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'sha256-{style}'\">"
    );
    out.push_str("<meta name=\"viewport\" content=\"width=device-width\">\n");
    let _ = writeln!(out, "<title>{}</title>\n<style>{STYLE}</style>", escaped(name));
    let _ = writeln!(out, "<h1>{}</h1>", escaped(name));
    if let Some(description) = &metadata.description {
        let _ = writeln!(out, "<p>{}</p>", escaped(description));
    }
    if let Some(program) = &program {
        let mode = program.mode(&Choices::default()).name();
        let size = program.image.bytes.len();
        let _ = writeln!(out, "<p>{mode} mode, {size} bytes</p>");
    }
    let cases = case::read(text).0;
    let _ = writeln!(out, "<pre class=\"source\">{}</pre>", source(&without(text, &cases)));
    if !cases.is_empty() {
        out.push_str("<h2>Cases</h2>\n");
    }
    for found in &cases {
        show_case(&mut out, &found.case);
    }
    let _ = writeln!(out, "<h2>To run it</h2>\n<p>In a shell:</p>");
    let line = line::encode(text);
    let _ = writeln!(out, "<pre class=\"line\">applet run {line}</pre>");
    let _ = writeln!(out, "<p class=\"hash\">sha256 {}</p>\n</html>", provenance::digest(text));
    out
}

/// The text without its cases.
fn without(text: &str, cases: &[Embedded]) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for case in cases {
        out.push_str(text.get(from..case.whole.start).unwrap_or_default().trim_end());
        out.push('\n');
        from = case.whole.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn show_case(out: &mut String, case: &case::Case) {
    let _ = writeln!(out, "<section><h3>{}</h3>", escaped(&case.name));
    let toml: Vec<_> = case.toml.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if !toml.is_empty() {
        let _ = writeln!(out, "<pre>{}</pre>", escaped(&toml.join("\n")));
    }
    for (name, bytes) in STREAMS.iter().zip(&case.streams) {
        let Some(bytes) = bytes.as_ref().filter(|bytes| !bytes.is_empty()) else { continue };
        let shown = match std::str::from_utf8(bytes) {
            Ok(text) => escaped(text),
            Err(_) => escaped(&hex(bytes)),
        };
        let _ = writeln!(out, "<h4>{name}</h4><pre>{shown}</pre>");
    }
    out.push_str("</section>\n");
}

fn hex(bytes: &[u8]) -> String {
    let row = |row: &[u8]| row.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" ");
    bytes.chunks(16).map(row).collect::<Vec<_>>().join("\n")
}

/// A text as it stands in a page; what cannot be seen is shown by its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            ' '..='~' | '\n' | '\t' => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    out
}

/// The source with each part in its class.
fn source(text: &str) -> String {
    let (mut out, mut at, filter, mut tokens) = (String::new(), 0, Filter::EMPTY, Vec::new());
    while at < text.len() {
        tokens.clear();
        let next = lexer::line(text, FileId(0), at, &filter, &mut tokens).next.max(at + 1);
        let mut from = at;
        for (number, token) in tokens.iter().enumerate() {
            let (start, end) = (token.span.start as usize, token.span.end as usize);
            gap(&mut out, text.get(from..start).unwrap_or_default());
            let word = text.get(start..end).unwrap_or_default();
            part(&mut out, class(text, word, &tokens, number), word);
            from = end;
        }
        gap(&mut out, text.get(from..next).unwrap_or_default());
        at = next;
    }
    out
}

fn part(out: &mut String, class: Option<&str>, text: &str) {
    match class {
        Some(class) => out.extend(["<i class=\"", class, "\">", &escaped(text), "</i>"]),
        None => out.push_str(&escaped(text)),
    }
}

/// What stands between tokens: white space, and a comment behind the last.
fn gap(out: &mut String, text: &str) {
    let (before, comment) = text.split_at(text.find(';').unwrap_or(text.len()));
    out.push_str(&escaped(before));
    let end = comment.trim_end_matches('\n').len();
    if end > 0 {
        part(out, Some("c"), comment.get(..end).unwrap_or_default());
    }
    out.push_str(&escaped(comment.get(end..).unwrap_or_default()));
}

/// The class of a token: as in `page.css`.
fn class(text: &str, word: &str, tokens: &[Token], number: usize) -> Option<&'static str> {
    let token = tokens.get(number)?;
    match token.kind {
        TokenKind::Preprocessor => Some("p"),
        TokenKind::String => Some("s"),
        TokenKind::Number | TokenKind::Float | TokenKind::Here | TokenKind::SectionStart => {
            Some("n")
        }
        TokenKind::Punctuation(_) | TokenKind::Unknown => None,
        TokenKind::Identifier => {
            let next = tokens.get(number + 1);
            let is_label =
                next.is_some_and(|t| t.kind == TokenKind::Punctuation(Punctuation::Colon));
            let equ = next.and_then(|t| text.get(t.span.start as usize..t.span.end as usize));
            let is_directive =
                |word: &str| DIRECTIVES.iter().any(|row| row.name.eq_ignore_ascii_case(word));
            match word {
                _ if number == 0 && (is_label || equ.is_some_and(is_directive)) => Some("l"),
                word if word::register(word).is_some() => Some("r"),
                word if word::mnemonic(word).is_some() => Some("m"),
                word if is_directive(word) => Some("p"),
                _ => None,
            }
        }
    }
}
