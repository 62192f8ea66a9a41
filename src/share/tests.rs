//! Tests of texts that stand alone. What real nasm makes of them is for `tests/it/cli` to try.

use super::*;
use std::fs;

/// Shares `main.asm` of these files.
fn share_with(files: &[(&str, &[u8])], wishes: Wishes) -> Result<Shared, String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let path = folder.path().join("main.asm");
    let mut sources = Sources::new();
    let main = sources.add("main.asm", Some(&path), fs::read_to_string(&path).unwrap());
    text(&mut sources, main, &Files::beside(&path), wishes).map_err(|error| match error {
        Error::Refused(reason) => reason,
        Error::Source(mistakes) => format!("{mistakes:?}"),
    })
}

fn share(files: &[(&str, &[u8])]) -> String {
    share_with(files, Wishes::default()).unwrap().text
}

/// The text behind the metadata that sharing puts before it.
fn body(text: &str) -> &str {
    text.split_once("; ///\n").unwrap().1
}

#[test]
fn what_is_included_stands_in_its_place() {
    let text = share(&[
        ("main.asm", b"bits 64 ; main\n  %include \"lib/a.inc\" ; here\n hlt"),
        ("lib/a.inc", b"; a\n; /// applet\n; ring = 0\n; ///\n%INCLUDE 'b.inc'\nnop"),
        ("lib/b.inc", b"db 1, 2\n"),
    ]);
    let shown: Vec<_> = body(&text).lines().filter(|l| !l.starts_with("; from")).collect();
    let expected = ["bits 64 ; main", "; a", "; //  applet", "; ring = 0", "; // ", "db 1, 2"];
    assert_eq!(&shown[..6], expected, "{text}");
    assert!(text.contains("nop\n; end of") && text.ends_with("\n hlt\n"), "{text}");
    assert!(text.starts_with("; /// applet\n; sha256 = \""), "{text}");
}

#[test]
fn the_standard_library_comes_without_its_comments_and_once() {
    let main: &[u8] = b"bits 64\n%include \"stdlib/io.inc\"\n%include \"stdlib/abi.inc\"\nexit 3\n";
    let text = share(&[("main.asm", main)]);
    assert!(text.contains("STDOUT    equ 0xE1\n") && text.contains("; stdlib/abi.inc is above"));
    assert_eq!(text.matches("STDOUT    equ").count(), 1, "{text}");
    let wishes = Wishes { keep_stdlib: true, ..Wishes::default() };
    let kept = share_with(&[("main.asm", main)], wishes).unwrap().text;
    assert_eq!(body(&kept).as_bytes(), main);
}

#[test]
fn bytes_become_data() {
    let text = share(&[
        (
            "main.asm",
            b"one: incbin \"a.bin\" ; all\ntwo incbin 'a.bin', one - one + 1, 2\n\
              .x: times 2 incbin `a.bin`, 4\n incbin \"b.bin\"\nthree: incbin \"none.bin\"\nhere: dw two, three\n",
        ),
        ("a.bin", b"\x00\x01\x02ab\"c\\"),
        ("b.bin", b"it's a text of some length\n\xFF"),
        ("none.bin", b""),
    ]);
    let expected = "one: ; bytes of \"a.bin\" ; all\n        \
                    db 0x00,0x01,0x02,0x61,0x62,0x22,0x63,0x5C\n\
                    two: ; bytes of 'a.bin'\n        db 0x01,0x02\n\
                    .x: ; bytes of `a.bin`\n        db 0x62,0x22,0x63,0x5C,0x62,0x22,0x63,0x5C\n \
                    ; bytes of \"b.bin\"\n        db \"it's a text of some length\"\n        db 0x0A,0xFF\n\
                    three: ; bytes of \"none.bin\"\nhere: dw two, three\n";
    assert_eq!(body(&text), expected);
}

#[test]
fn files_that_are_not_read_are_left_alone() {
    let main =
        b"%ifdef NEVER\n%include \"none.inc\"\n%endif\n%rep 2\n%include \"b.inc\"\n%endrep\n";
    let text = share(&[("main.asm", main), ("b.inc", b"db 7\n")]);
    assert!(text.contains("%include \"none.inc\"") && !text.contains("%include \"b.inc\""));
}

#[test]
fn a_program_that_asks_for_its_lines_still_gets_them() {
    let text = share(&[
        ("main.asm", b"; one\n%include \"a.inc\"\ndb __LINE__\n; /// applet\n; ring = 0\n; ///\nhere db __LINE__, __FILE__\n"),
        ("a.inc", b"\n\ndb __LINE__\n"),
    ]);
    assert!(text.contains("%line 2+1 main.asm"), "{text}");
}

#[test]
fn a_macro_may_include_what_it_is_given() {
    let text = share(&[
        (
            "main.asm",
            b"%macro depends 1\n%ifdef ONLY\n%include %1\n%else\n%define ONLY\n%include %1\n\
              %undef ONLY\n%endif\n%endmacro\ndepends \"a.inc\" ; here\ndw __LINE__\n",
        ),
        ("a.inc", b"db 'a', __LINE__\n  %include 'b.inc'\ndb __LINE__\n"),
        ("b.inc", b"%ifdef ONLY\ndb 'b'\n%endif\n"),
    ]);
    assert_eq!(text.matches("db 'a'").count(), 1, "{text}");
    assert_eq!(text.matches("db 'b'").count(), 1, "{text}");
    assert!(!text.contains(".inc\"\n") && text.contains("; depends \"a.inc\" ; here:\n"), "{text}");
}

#[test]
fn a_file_that_is_read_twice_may_be_another_each_time() {
    let text = share(&[
        ("main.asm", b"%define N 1\n%include \"a.inc\"\n%define N 2\n%include \"a.inc\"\n"),
        ("a.inc", b"incbin \"b.bin\", N, N\n"),
        ("b.bin", b"0123456"),
    ]);
    assert!(text.contains("0x31\n") && text.contains("0x32,0x33\n"), "{text}");
}

#[test]
fn what_cannot_be_put_in_is_refused() {
    let macros = b"%macro take 1\nincbin %1\n%endmacro\n take \"a.bin\"\n";
    let why = share_with(&[("main.asm", macros), ("a.bin", b"x")], Wishes::default()).unwrap_err();
    assert!(why.contains("inside a macro"), "{why}");
    let named = b"%define NAME \"a.inc\"\n%include NAME\n";
    let why = share_with(&[("main.asm", named), ("a.inc", b"nop")], Wishes::default()).unwrap_err();
    assert!(why.contains("that a macro makes up"), "{why}");
    let large = vec![0; 3 << 20];
    let why = share_with(&[("main.asm", b"incbin 'a'"), ("a", &large)], Wishes::default());
    assert!(why.unwrap_err().contains("larger than 8 MiB"));
    let away = b"%include \"../a.inc\"\n";
    assert!(share_with(&[("main.asm", away)], Wishes::default()).is_err());
}

#[test]
fn cases_come_along_and_large_ones_are_named() {
    let case = |name: &str, bytes: usize| case::Case {
        name: name.to_owned(),
        toml: "args = [\"x\"]\n\n".to_owned(),
        streams: [None, Some(vec![b'x'; bytes]), None],
    };
    let cases = vec![case("small", 3), case("large", CASE_LIMIT + 1), case("known", 3)];
    let main = b"hlt\n; /// case known\n; stdout:\n; ///\n";
    let wishes = Wishes { cases, name: Some("x".to_owned()), ..Wishes::default() };
    let shared = share_with(&[("main.asm", main)], wishes.clone()).unwrap();
    let text = shared.text;
    assert_eq!(shared.left_out, [("large".to_owned(), "its 17 KiB are more than 16".to_owned())]);
    assert!(text.contains("too large to be carried: large.\n"), "{text}");
    assert!(text.ends_with("\n; /// case small\n; args = [\"x\"]\n; stdout:\n; + xxx\n; ///\n"));
    assert_eq!(text.matches("case known").count(), 1);
    // To share what was shared changes nothing.
    let none = Wishes { origin: Some("elsewhere".to_owned()), ..Wishes::default() };
    let again = share_with(&[("main.asm", text.as_bytes())], none).unwrap();
    assert!(again.text.contains("origin = \"elsewhere\""));
    assert_eq!(provenance::body(&again.text), provenance::body(&text));
    let again = share_with(&[("main.asm", text.as_bytes())], Wishes::default()).unwrap();
    assert_eq!(again.text, text);
}

#[test]
fn a_session_shares_its_text() {
    let text =
        of_text("%include \"stdlib/abi.inc\"\nbits 64\n out EXIT, al\n", Some("mine")).unwrap();
    assert!(text.starts_with("; /// applet\n; name = \"mine\"\n; sha256 = "), "{text}");
    assert!(!text.contains("%include") && text.ends_with("bits 64\n out EXIT, al\n"), "{text}");
    assert!(of_text("mvo 1, 2\n", None).unwrap_err().contains("unknown instruction"));
    assert!(of_text("incbin \"x\"\n", None).is_err());
}

#[test]
fn a_page_holds_the_applet_as_text() {
    let text = "; /// applet\n; name = \"a\"\n; description = \"<b>&\"\n; ///\n\
                ; <script>alert(1)</script> \u{1b}[1m\nbits 64\nx: mov eax, '\"<' ; 5\n\
                ; /// case c\n; stdout:\n; | <i>\n; ///\n";
    let page = html::page(text);
    for part in [
        "<title>a</title>",
        "<p>&lt;b&gt;&amp;</p>",
        "long mode, 5 bytes",
        "&lt;script&gt;alert(1)&lt;/script&gt; \\u{1b}[1m</i>",
        "<i class=\"l\">x</i>: <i class=\"m\">mov</i> <i class=\"r\">eax</i>, \
         <i class=\"s\">&#39;&quot;&lt;&#39;</i> <i class=\"c\">; 5</i>",
        "<h3>c</h3>\n<h4>stdout</h4><pre>&lt;i&gt;\n</pre>",
        "applet run applet:1:",
    ] {
        assert!(page.contains(part), "{part} in:\n{page}");
    }
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains('\u{1b}'));
    assert!(!page.contains("case c\n"), "{page}");
}
