//! Tests of the metadata block. They know the texts of the messages, not how they are found.

use super::*;
use std::time::Duration;

fn read_text(text: &str) -> Result<Metadata, Vec<(u32, u32, String)>> {
    let mut sources = Sources::new();
    let file = sources.add("a.asm", None, text.to_owned());
    read(&sources, file).map_err(|diagnostics| {
        let place = |d: Diagnostic| {
            let at = sources.position(d.span);
            let help = d.help.map(|h| format!(" | {h}")).unwrap_or_default();
            (at.line, at.column, d.message + &help)
        };
        diagnostics.into_iter().map(place).collect()
    })
}

fn error(text: &str) -> (u32, u32, String) {
    let errors = read_text(text).unwrap_err();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors.into_iter().next().unwrap()
}

#[test]
fn every_key_is_read() {
    let text = "; An applet.\n; /// applet\n; description = \"é does\" # so\n; mode   = \"long\"\n\
                ;ring=3\n; memory = \"16M\"\n  ; ports = \"ignore\"\n; timeout = \"500ms\"\n;\n\
                ; ///\nbits 64\n";
    let metadata = read_text(text).unwrap();
    assert_eq!(metadata.description.as_deref(), Some("é does"));
    assert_eq!(metadata.mode.map(|m| m.0), Some(Mode::Long));
    assert_eq!(metadata.ring, Some(3));
    assert_eq!(metadata.memory, Some(16 << 20));
    assert_eq!(metadata.ignore_ports, Some(true));
    assert_eq!(metadata.timeout, Some(Timeout::After(Duration::from_millis(500))));
}

#[test]
fn a_text_without_a_block_says_nothing() {
    for text in ["", "mov ax, 1 ; /// not at the start\n", "; /// case empty\n", "; ////\n"] {
        assert_eq!(read_text(text), Ok(Metadata::default()), "{text}");
    }
}

#[test]
fn windows_line_ends_are_line_ends() {
    let metadata = read_text("; /// applet\r\n; memory = 65536\r\n; ///\r\n").unwrap();
    assert_eq!(metadata.memory, Some(65536));
}

#[test]
fn complaints_point_at_their_place() {
    let block = |line: &str| format!("; /// applet\n{line}\n; ///\n");
    let cases = [
        ("; momory = \"16M\"", (2, 3, "unknown key `momory` | did you mean `memory`?")),
        ("; memory = \"16X\"", (2, 12, "`16X` is not a size such as 65536, 64K or 16M")),
        ("; mode = \"loong\"", (2, 10, "`loong` is not a mode: real, protected or long")),
        ("; ring = 1", (2, 10, "this must be 0 or 3")),
        ("; ports = 3", (2, 11, "this must be a string in quotes")),
        ("; timeout = \"10\"", (2, 13, "`10` is not a time such as 10s, 500ms, 2m or none")),
    ];
    for (line, (row, column, message)) in cases {
        assert_eq!(error(&block(line)), (row, column, message.to_owned()));
    }
    let (line, _, message) = error(&block("; zzzzzz = 1"));
    assert!(line == 2 && message.contains("the keys are description, mode"), "{message}");
    let errors = read_text(&block("; ring = 1\n; é\n; mode 2")).unwrap_err();
    assert!(errors.iter().all(|e| e.0 == 3 || e.0 == 4) && !errors.is_empty(), "{errors:?}");
    let twice = error(&block("; ring = 0\n; ring = 3"));
    assert_eq!((twice.0, twice.1), (3, 3), "{twice:?}");
}

#[test]
fn all_wrong_values_are_reported_at_once() {
    let errors = read_text("; /// applet\n; ring = 1\n; mode = 2\n; x = 3\n; ///\n").unwrap_err();
    assert_eq!(errors.iter().map(|e| e.0).collect::<Vec<_>>(), [2, 3, 4]);
}

#[test]
fn a_block_is_closed_and_there_is_one() {
    let open = "this metadata block is not closed | end it with a line `; ///`";
    assert_eq!(error("nop\n; /// applet\n; ring = 3\nnop\n; ///\n"), (2, 1, open.to_owned()));
    assert_eq!(error("; /// applet"), (1, 1, open.to_owned()));
    let two = "; /// applet\n; ///\n; /// applet\n; ring = 3\n; ///\n";
    assert_eq!(error(two), (3, 1, "a second metadata block".to_owned()));
    let misspelt = error("; /// aplet\n; ///\n");
    assert_eq!(misspelt.2, "`aplet` opens no metadata block | write `; /// applet`");
}
