//! The diagnostics for characters that form no token.

use crate::diagnostic::{Diagnostic, Span};

/// The diagnostic for an `Unknown` token at `span` with the text `text`.
#[must_use]
pub fn explain(text: &str, span: Span) -> Diagnostic {
    let first = text.chars().next().unwrap_or(' ');
    match first {
        '\'' | '"' | '`' => Diagnostic::error(span, "this string has no end")
            .label(format!("no closing {first} on this line"))
            .help(string_help(text, first)),
        '0'..='9' | '$' => number(text, span),
        '\\' => Diagnostic::error(span, "a backslash has no meaning here")
            .label("not at the end of the line")
            .help("`\\` joins two lines only as the last character of a line, without a space after it"),
        '%' => Diagnostic::error(span, "this `%{` has no end").label("no `}` on this line"),
        '#' => Diagnostic::error(span, "`#` has no meaning here")
            .label("unexpected character")
            .help("a comment begins with `;`, a preprocessor directive with `%`"),
        _ => Diagnostic::error(span, format!("the character {} has no meaning here", name(first)))
            .label("unexpected character"),
    }
}

fn name(character: char) -> String {
    if character.is_control() {
        format!("U+{:04X}", u32::from(character))
    } else {
        format!("`{character}`")
    }
}

fn string_help(text: &str, quote: char) -> String {
    let other = if quote == '"' { '\'' } else { '"' };
    match text.len() {
        ..=1 => format!("write {other}{quote}{other} for the character itself"),
        _ => format!("close it with {quote}"),
    }
}

fn number(text: &str, span: Span) -> Diagnostic {
    let lower = text.to_ascii_lowercase();
    let body = lower.trim_start_matches('$');
    let is_hexadecimal = body.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_');
    let diagnostic = Diagnostic::error(span, format!("`{text}` is not a number"));
    if let Some(digits) = body.strip_prefix("0x").or_else(|| body.strip_prefix("0h")) {
        let wrong = digits.chars().find(|c| !c.is_ascii_hexdigit() && *c != '_');
        return match wrong {
            Some(c) => diagnostic.label(format!("`{c}` is not a hexadecimal digit")),
            None => diagnostic.label("no digits after the prefix"),
        };
    }
    if let Some(digits) = body.strip_prefix("0b").or_else(|| body.strip_prefix("0y")) {
        let wrong = digits.chars().find(|c| !matches!(c, '0' | '1' | '_'));
        if let Some(c) = wrong {
            return diagnostic.label(format!("`{c}` is not a binary digit"));
        }
    }
    if is_hexadecimal && !body.is_empty() {
        let help = format!("hexadecimal numbers are written `0x{body}` or `0{body}h`");
        return diagnostic.label("letters among decimal digits").help(help);
    }
    diagnostic.label("not a number").help("a name cannot begin with a digit")
}
