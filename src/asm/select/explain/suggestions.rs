//! Every instruction that a message offers assembles where it is offered.

use crate::asm::syntax::table;
use crate::asm::{DefaultOrigin, Included, Options, Resolver, assemble};
use crate::diagnostic::{Severity, Sources};
use crate::image::Bits;
use std::collections::BTreeMap;
use std::path::Path;

/// For sources that include nothing.
struct Nothing;

impl Resolver for Nothing {
    fn include(&self, _: &str, _: Option<&Path>) -> Result<Included, String> {
        Err("there are no files".to_owned())
    }

    fn binary(&self, _: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        Err("there are no files".to_owned())
    }
}

/// Operands of every kind and size.
const OPERANDS: &[&str] = &[
    "al",
    "ah",
    "sil",
    "bx",
    "si",
    "ecx",
    "esi",
    "rdx",
    "r9",
    "r9d",
    "r9w",
    "r9b",
    "ds",
    "fs",
    "cr0",
    "dr7",
    "st1",
    "mm2",
    "xmm3",
    "ymm4",
    "zmm5",
    "k1",
    "5",
    "300",
    "0x3f8",
    "[ebx]",
    "[bx]",
    "[rbx]",
    "byte [0x10]",
    "word [0x10]",
    "dword [0x10]",
    "qword [0x10]",
    "oword [0x10]",
];

/// What a source is told: the help of each mistake.
fn helps(text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    let main = sources.add("test.asm", None, text.to_owned());
    let options = Options { default_origin: DefaultOrigin::Zero, ..Options::default() };
    let Err(diagnostics) = assemble(&mut sources, main, &Nothing, &options) else {
        return Vec::new();
    };
    let errors = diagnostics.into_iter().filter(|d| d.severity == Severity::Error);
    errors.filter_map(|d| d.help).collect()
}

fn assembles(text: &str) -> bool {
    let mut sources = Sources::new();
    let main = sources.add("test.asm", None, text.to_owned());
    assemble(&mut sources, main, &Nothing, &Options::default()).is_ok()
}

/// The instructions in a help: what stands in backquotes and begins with a mnemonic, with `...` for
/// an address. A pattern such as `mov r32, r/m32` is no instruction.
fn offered(help: &str) -> Vec<String> {
    if help.starts_with("it can be") {
        return Vec::new();
    }
    let quoted = help.split('`').skip(1).step_by(2);
    let is_instruction = |text: &&str| {
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        !rest.is_empty() && table::mnemonics().any(|name| name == first)
    };
    quoted.filter(is_instruction).map(|text| text.replace("[...]", "[0x10]")).collect()
}

#[test]
fn what_is_offered_assembles() {
    let mut wrong: BTreeMap<String, String> = BTreeMap::new();
    let mut count = 0;
    // Each pair of operands once for each mnemonic would take minutes: pairs go round.
    let pairs: Vec<(&str, &str)> =
        OPERANDS.iter().flat_map(|a| OPERANDS.iter().map(move |b| (*a, *b))).collect();
    for (number, name) in table::mnemonics().enumerate() {
        let step = pairs.len() / 6;
        let chosen = (0..6).map(|i| pairs[(number * 7 + i * step) % pairs.len()]);
        let common = ["mov", "movzx", "movsx", "add", "xchg", "test", "shl", "push", "in", "out"];
        let all = pairs.iter().copied().filter(|_| common.contains(&name));
        for (a, b) in chosen.chain(all) {
            for bits in Bits::ALL {
                for operands in [a.to_owned(), format!("{a}, {b}")] {
                    let line = format!("bits {}\n{name} {operands}\n", bits.number());
                    for text in helps(&line).iter().flat_map(|help| offered(help)) {
                        count += 1;
                        let source = format!("bits {}\n{text}\n", bits.number());
                        if !assembles(&source) {
                            wrong.insert(format!("{}: {name} {operands}", bits.number()), text);
                        }
                    }
                }
            }
        }
    }
    assert!(count > 1000, "only {count} instructions are offered");
    let shown: Vec<_> = wrong.iter().take(60).collect();
    assert!(wrong.is_empty(), "{} of {count} do not assemble: {shown:#?}", wrong.len());
}
