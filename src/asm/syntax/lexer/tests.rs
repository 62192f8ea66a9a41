//! Tests of the lexer.

use super::filter::Filter;
use super::{explain, number, string};
use crate::asm::syntax::hash::of_name;
use crate::asm::syntax::token::{Token, TokenKind};
use crate::diagnostic::{FileId, Span};

fn lex(text: &str) -> Vec<(TokenKind, &str)> {
    let mut tokens: Vec<Token> = Vec::new();
    let read = super::line(text, FileId(0), 0, &Filter::EMPTY, &mut tokens);
    assert!(read.next <= text.len());
    let part = |t: &Token| &text[t.span.start as usize..t.span.end as usize];
    tokens.iter().map(|t| (t.kind, part(t))).collect()
}

fn texts(text: &str) -> Vec<&str> {
    lex(text).into_iter().map(|(_, t)| t).collect()
}

#[test]
fn numbers_in_all_their_forms() {
    for (text, value) in [
        ("0", 0),
        ("1_000", 1000),
        ("0x_ff", 255),
        ("0XfF", 255),
        ("0ffh", 255),
        ("0ffx", 255),
        ("0h1f", 31),
        ("$0ff", 255),
        ("$9", 9),
        ("0b11", 3),
        ("11b", 3),
        ("0y11", 3),
        ("11Y", 3),
        ("0o17", 15),
        ("17o", 15),
        ("17q", 15),
        ("0q17", 15),
        ("0d10", 10),
        ("10d", 10),
        ("0t10", 10),
        ("10t", 10),
        ("0b1h", 0xb1),
        ("1b0h", 0x1b0),
        ("0d10h", 0xd10),
        ("0bffh", 0xbff),
        ("1e5h", 0x1e5),
        ("0b", 0),
        ("0dh", 13),
        ("09", 9),
        ("017", 17),
        ("1__0", 10),
        ("1_", 1),
        ("0xffffffffffffffff", u64::MAX),
    ] {
        let overflow = false;
        let kind = number::Kind::Integer { value, overflow };
        assert_eq!(
            number::scan(text.as_bytes()),
            number::Scanned { length: text.len(), kind },
            "{text}"
        );
    }
    let kind = number::Kind::Integer { value: 1, overflow: true };
    assert_eq!(number::scan(b"0x10000000000000001").kind, kind);
}

#[test]
fn floats_and_what_is_no_number() {
    for text in
        ["1.5", "1.", "1e9", "1e", "1e+5", "1.e-5", "0x1.8p3", "0x1p-3", "123p", "0p12", "1_0.5"]
    {
        assert_eq!(lex(text), [(TokenKind::Float, text)]);
    }
    for text in ["0f", "12abc", "0b12", "1u", "0xg", "0c12", "$0x5", "$5h"] {
        assert_eq!(lex(text), [(TokenKind::Unknown, text)]);
    }
    assert_eq!(texts("0x1e+1"), ["0x1e", "+", "1"]);
    assert_eq!(texts("1e+x"), ["1e", "+", "x"]);
    assert_eq!(texts("5-3"), ["5", "-", "3"]);
}

#[test]
fn names_and_dollars() {
    for text in ["eax", ".local", "..@x", "$eax", "_a#b$c~d", "?x", "x?y", "@f", "é"] {
        assert_eq!(lex(text), [(TokenKind::Identifier, text)]);
    }
    assert_eq!(texts("$-$$+$x"), ["$", "-", "$$", "+", "$x"]);
    assert_eq!(lex("$")[0].0, TokenKind::Here);
    assert_eq!(lex("$$")[0].0, TokenKind::SectionStart);
}

#[test]
fn operators_take_the_longest() {
    let text = "<<<>>>// <=> <= << <> >> >= == != && || ^^ ? : {k1}{z}";
    let expected = "<<< >>> // <=> <= << <> >> >= == != && || ^^ ? : { k1 } { z }";
    assert_eq!(texts(text).join(" "), expected);
}

#[test]
fn percent_is_the_preprocessors_when_something_touches_it() {
    let text = "5 % 3 %% 3 %(3) %1 %12 %-1 %+1 %+ %%l %$x %$$y %? %?? %{1:3} %!E %!'a b' %d";
    let kinds = lex(text);
    let own = kinds.iter().filter(|(k, _)| *k == TokenKind::Preprocessor).map(|(_, t)| *t);
    let expected = [
        "%1", "%12", "%-1", "%+1", "%+", "%%l", "%$x", "%$$y", "%?", "%??", "%{1:3}", "%!E",
        "%!'a b'", "%d",
    ];
    assert_eq!(own.collect::<Vec<_>>(), expected);
    assert_eq!(texts("%[a]b"), ["%[", "a", "]", "b"]);
    assert_eq!(lex("%{1").len(), 1);
}

#[test]
fn lines_end_at_line_ends_and_go_on_behind_a_backslash() {
    assert_eq!(texts("a b ; c\nd"), ["a", "b"]);
    assert_eq!(texts("a \\\n b\nc"), ["a", "b"]);
    assert_eq!(texts("a \\\r\n b\r\nc"), ["a", "b"]);
    assert_eq!(texts("a ; c \\\n b\nc"), ["a"]);
    assert_eq!(texts("a \\ \nb"), ["a", "\\"]);
    assert_eq!(texts("a\\"), ["a"]);
    assert_eq!(texts("a ; \\"), ["a"]);
    let mut out = Vec::new();
    let text = "a\r\nb";
    assert_eq!(super::line(text, FileId(0), 0, &Filter::EMPTY, &mut out).next, 3);
}

#[test]
fn strings_and_their_bytes() {
    assert_eq!(texts(r#"'a''b' "it's" `\`` 'x\'"#), ["'a'", "'b'", "\"it's\"", "`\\``", "'x\\'"]);
    assert_eq!(lex("'abc  \nx"), [(TokenKind::Unknown, "'abc")]);
    let escapes = r"`\x41\101\u00e9\U0001F600\e\z\?\x\400`";
    assert_eq!(&*string::decode(escapes), b"AA\xC3\xA9\xF0\x9F\x98\x80\x1Bz?x\0");
    assert_eq!(&*string::decode(r"'\n'"), b"\\n");
    assert_eq!(string::character_constant(b"abcd"), 0x6463_6261);
    assert_eq!(string::quote(b"it's"), "\"it's\"");
    for bytes in [&b"plain"[..], b"'\"", b"`\\\n\xFF", b""] {
        assert_eq!(&*string::decode(&string::quote(bytes)), bytes);
    }
}

#[test]
fn every_byte_is_part_of_a_token_or_white_space() {
    for byte in 0..=255u8 {
        let Ok(text) = std::str::from_utf8(&[byte]).map(str::to_owned) else { continue };
        let tokens = lex(&text);
        let is_silent = text.trim().is_empty() || matches!(text.as_str(), ";" | "\\" | "\u{B}");
        assert_eq!(tokens.is_empty(), is_silent, "{text:?}");
        for (kind, part) in tokens {
            if kind == TokenKind::Unknown {
                assert!(!explain(part, Span::default()).message.is_empty());
            }
        }
    }
}

#[test]
fn the_filter_never_loses_a_name() {
    let mut filter = Filter::EMPTY;
    filter.add(b"Counter");
    let may_hold = |name: &[u8]| filter.may_hold(of_name(name));
    assert!(may_hold(b"Counter") && may_hold(b"COUNTER"));
    assert!(!may_hold(b"mov"));
}

#[test]
fn a_broadcast_is_a_word_in_braces_only() {
    use TokenKind::{Float, Identifier, Unknown};
    let kinds = |text| lex(text).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(kinds("{1to16}")[1], Identifier);
    assert_eq!(kinds("{ 1TO2 }")[1], Identifier);
    assert_eq!(kinds("1to16"), [Unknown]);
    assert_eq!(kinds("{1to%1}")[1], Identifier);
    assert_eq!(kinds("{1toy}")[1], Unknown);
    assert_eq!(kinds("$1.8p-1 33p 0p0 12_345p $0ffp"), [Float; 5]);
}
