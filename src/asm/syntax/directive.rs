//! The directives and data statements, one row each. The parser, the messages and the documentation
//! use these rows.

use crate::image::Bits;

/// A word that begins a statement, and its effect.
#[derive(Clone, Copy, Debug)]
pub struct Directive {
    /// The word.
    pub name: &'static str,
    /// The syntax.
    pub syntax: &'static str,
    /// The effect, for the documentation.
    pub summary: &'static str,
    pub(crate) action: Action,
}

/// The effect of a directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Absolute,
    /// Fills with NOPs, or reserves space if true.
    Align(bool),
    At,
    Bits,
    Cpu,
    /// `use16` and the like.
    Use(Bits),
    /// Accepted without effect; the arguments are ignored.
    Accept,
    /// Data of this width.
    Data(u8),
    Default,
    Endstruc,
    Equ,
    Extern,
    Float,
    Iend,
    Incbin,
    Istruc,
    Org,
    /// An error with this reason.
    Refuse(&'static str),
    /// Space in units of this width.
    Reserve(u8),
    Section,
    SectionAlignment,
    Struc,
    Times,
    /// Switches a warning.
    Warning,
}

impl Directive {
    /// Whether the word is a directive in brackets only, and an ordinary name elsewhere.
    pub(crate) fn needs_brackets(&self) -> bool {
        self.syntax.starts_with('[')
    }
}

const fn row(
    name: &'static str,
    syntax: &'static str,
    summary: &'static str,
    action: Action,
) -> Directive {
    Directive { name, syntax, summary, action }
}

const ONE_FILE: &str = "it is for linkers, and a flat binary is not linked";

/// All directives, sorted by name.
#[rustfmt::skip]
pub static DIRECTIVES: &[Directive] = &[
    row("absolute", "absolute ADDRESS", "labels from here on lie at this address, outside the output", Action::Absolute),
    row("align", "align N[, STATEMENT]", "fills with NOPs or STATEMENT up to a multiple of N", Action::Align(false)),
    row("alignb", "alignb N[, STATEMENT]", "reserves space up to a multiple of N", Action::Align(true)),
    row("at", "at FIELD, DATA", "in istruc: the value of a field", Action::At),
    row("bits", "bits 16|32|64", "the width of the code that follows", Action::Bits),
    row("common", "common NAME SIZE", "refused", Action::Refuse(ONE_FILE)),
    row("cpu", "cpu NAME", "refuses instructions that the CPU lacks", Action::Cpu),
    row("db", "db VALUE, ...", "bytes", Action::Data(1)),
    row("dd", "dd VALUE, ...", "32-bit values", Action::Data(4)),
    row("debug", "[debug NAME ...]", "accepted without effect", Action::Accept),
    row("default", "default rel|abs", "whether addresses are relative to the instruction pointer", Action::Default),
    row("do", "do VALUE, ...", "128-bit values", Action::Data(16)),
    row("dq", "dq VALUE, ...", "64-bit values", Action::Data(8)),
    row("dt", "dt VALUE, ...", "80-bit values", Action::Data(10)),
    row("dw", "dw VALUE, ...", "16-bit values", Action::Data(2)),
    row("dy", "dy VALUE, ...", "256-bit values", Action::Data(32)),
    row("dz", "dz VALUE, ...", "512-bit values", Action::Data(64)),
    row("endstruc", "endstruc", "ends struc", Action::Endstruc),
    row("equ", "NAME equ VALUE", "gives a name to a number", Action::Equ),
    row("export", "export NAME", "refused", Action::Refuse(ONE_FILE)),
    row("extern", "extern NAME, ...", "accepted: an error where the name is used", Action::Extern),
    row("float", "float daz|nodaz|near|up|down|zero|default", "how floating-point numbers are rounded", Action::Float),
    row("global", "global NAME, ...", "accepted: a flat binary exports nothing", Action::Accept),
    row("group", "group NAME SECTION ...", "refused", Action::Refuse("a flat binary has no segment groups")),
    row("iend", "iend", "ends istruc", Action::Iend),
    row("import", "import NAME FILE", "refused", Action::Refuse(ONE_FILE)),
    row("incbin", "incbin \"FILE\"[, OFFSET[, LENGTH]]", "the bytes of a file", Action::Incbin),
    row("istruc", "istruc NAME", "begins an instance of a struc", Action::Istruc),
    row("list", "[list +|-]", "accepted without effect", Action::Accept),
    row("map", "[map OPTION ...]", "accepted without effect", Action::Accept),
    row("org", "org ADDRESS", "where the program is loaded", Action::Org),
    row("pragma", "[pragma OPTION ...]", "accepted without effect", Action::Accept),
    row("required", "required NAME, ...", "accepted: an error where the name is used", Action::Extern),
    row("resb", "resb N", "space for N bytes", Action::Reserve(1)),
    row("resd", "resd N", "space for N 32-bit values", Action::Reserve(4)),
    row("reso", "reso N", "space for N 128-bit values", Action::Reserve(16)),
    row("resq", "resq N", "space for N 64-bit values", Action::Reserve(8)),
    row("rest", "rest N", "space for N 80-bit values", Action::Reserve(10)),
    row("resw", "resw N", "space for N 16-bit values", Action::Reserve(2)),
    row("resy", "resy N", "space for N 256-bit values", Action::Reserve(32)),
    row("resz", "resz N", "space for N 512-bit values", Action::Reserve(64)),
    row("sectalign", "sectalign N|on|off", "alignment of the section itself", Action::SectionAlignment),
    row("section", "section NAME [ATTRIBUTE ...]", "what follows goes to this section", Action::Section),
    row("segment", "segment NAME [ATTRIBUTE ...]", "the same as section", Action::Section),
    row("static", "static NAME, ...", "accepted: a flat binary exports nothing", Action::Accept),
    row("struc", "struc NAME[, OFFSET]", "begins a structure: labels for its fields", Action::Struc),
    row("times", "times N STATEMENT", "the statement, N times", Action::Times),
    row("use16", "use16", "bits 16", Action::Use(Bits::Bits16)),
    row("use32", "use32", "bits 32", Action::Use(Bits::Bits32)),
    row("use64", "use64", "bits 64", Action::Use(Bits::Bits64)),
    row("warning", "[warning +NAME|-NAME|*NAME|push|pop]", "turns a warning on, off, or to what the user asked for", Action::Warning),
];

/// The syntax of a directive, for messages.
pub(crate) fn syntax(action: Action) -> &'static str {
    DIRECTIVES.iter().find(|d| d.action == action).map_or("", |d| d.syntax)
}
