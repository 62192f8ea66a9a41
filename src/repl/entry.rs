//! What was typed: whether it is whole, and what sort of thing it is.
//!
//! Looks at words only, not at their meaning.

/// Words that open a block and the words that close it.
const BLOCKS: [(&[&str], &[&str]); 4] = [
    (&["%macro", "%imacro", "%rmacro", "%irmacro"], &["%endmacro", "%endm"]),
    (&["%rep"], &["%endrep"]),
    (&["struc"], &["endstruc"]),
    (&["istruc"], &["iend"]),
];

/// Whether more lines belong to this entry: it ends in a label or in `\`, or a block is open that
/// the entry has begun. An empty line ends it all the same.
#[must_use]
pub fn is_incomplete(text: &str) -> bool {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.len() > 1 && lines.last().is_some_and(|line| line.trim().is_empty()) {
        return false;
    }
    let Some(last) = lines.pop() else { return false };
    if last.trim_end().ends_with('\\') {
        return true;
    }
    if is_command(text) {
        return false;
    }
    let starts_with_label = text.split('\n').any(is_label);
    starts_with_label || open_blocks(text) > 0
}

/// Whether the entry is a command: it begins with a colon.
#[must_use]
pub fn is_command(text: &str) -> bool {
    text.trim_start().starts_with(':')
}

/// How many blocks are open at the end of the text.
fn open_blocks(text: &str) -> usize {
    let mut open: usize = 0;
    for line in text.split('\n') {
        let code = without_comment(line);
        let mut words = code.split_whitespace();
        let Some(first) = words.next() else { continue };
        let first = first.to_ascii_lowercase();
        if BLOCKS.iter().any(|(openers, _)| openers.contains(&first.as_str())) || opens_if(&first) {
            open += 1;
        } else if first == "%endif" || BLOCKS.iter().any(|(_, ends)| ends.contains(&first.as_str()))
        {
            open = open.saturating_sub(1);
        }
    }
    open
}

/// `%if` and family.
fn opens_if(word: &str) -> bool {
    word.starts_with("%if")
}

/// Whether the line is a label and nothing else.
fn is_label(line: &str) -> bool {
    let code = without_comment(line).trim();
    code.strip_suffix(':').is_some_and(|name| !name.is_empty() && name.bytes().all(is_name_byte))
}

/// Whether a byte can be part of a name.
#[must_use]
pub fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$#@~.?".contains(&byte) || !byte.is_ascii()
}

/// The line without its comment; a `;` in a string is none.
#[must_use]
pub fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, byte) in line.bytes().enumerate() {
        match (quote, byte) {
            (None, b';') => return line.get(..at).unwrap_or(line),
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_goes_on_until_it_is_closed_or_an_empty_line() {
        for text in [
            "top:",
            "top: ; a comment",
            "top:\n dec ecx",
            "%macro m 0\nnop",
            "%rep 3",
            "%ifdef X",
            "struc point",
            "mov eax, \\",
            "%macro m 0\n%if 1\n%endif",
        ] {
            assert!(is_incomplete(text), "{text}");
        }
        for text in [
            "mov eax, 1",
            "top: nop",
            "top:\n dec ecx\n",
            "%macro m 0\nnop\n%endmacro",
            "%rep 3\nnop\n%endrep",
            "mov al, ':'",
            ":help top:",
            "db 'a;b:'",
            "; top:",
            "",
        ] {
            assert!(!is_incomplete(text), "{text}");
        }
    }
}
