//! The branch with which execution left the program, in words.

use crate::image::{Image, Line};
use crate::machine::disassembly::formatter;
use crate::machine::outcome::Location;
use iced_x86::{Decoder, DecoderOptions, FlowControl, Formatter, Instruction, Mnemonic};

/// The first instruction of a line, as it was loaded.
pub(super) fn in_image(image: &Image, line: &Line) -> Option<Instruction> {
    let bytes = image.bytes.get(line.offset as usize..)?;
    let options = DecoderOptions::NONE;
    let mut decoder =
        Decoder::try_with_ip(line.bits.number(), bytes, line.address, options).ok()?;
    let instruction = decoder.decode();
    (line.is_code && !instruction.is_invalid()).then_some(instruction)
}

/// The text of the first instruction of a line.
pub(super) fn quoted(image: &Image, line: &Line) -> Option<String> {
    let mut text = String::new();
    formatter().format(&in_image(image, line)?, &mut text);
    Some(text)
}

/// How execution left the program: after the instruction at `from`, with the stack pointer there.
#[derive(Clone, Copy, Debug)]
pub(in crate::machine) struct Departure {
    /// Linear address of the last instruction of the program.
    pub(in crate::machine) from: u64,
    /// Whether the stack was empty before it.
    pub(in crate::machine) is_empty: bool,
    /// Linear address of the instruction that wrote the word at the top of the stack.
    pub(in crate::machine) pushed_by: Option<u64>,
}

/// The last instruction of the program, and what it did.
pub(in crate::machine) fn origin(image: &Image, departure: &Departure) -> Option<Location> {
    let line = image.line_at(departure.from)?;
    let instruction = in_image(image, line)?;
    let text = quoted(image, line)?;
    let pushed = departure.pushed_by.and_then(|address| quoted(image, image.line_at(address)?));
    let help = match (instruction.mnemonic(), pushed) {
        (Mnemonic::Ret | Mnemonic::Retf, Some(push)) => format!(
            "Execution came here by `{text}`, which took what `{push}` left on the stack. Before \
             `ret`, pop what the routine has pushed."
        ),
        (Mnemonic::Ret | Mnemonic::Retf, None) if departure.is_empty => format!(
            "Execution came here by `{text}` with an empty stack: there was nothing to return to. \
             End the applet with `hlt` or `out 0xE3, al`."
        ),
        (Mnemonic::Ret | Mnemonic::Retf, None) => format!(
            "Execution came here by `{text}`, which took a word that neither `push` nor `call` \
             left on the stack."
        ),
        // It ran on into what follows, which the fault itself shows.
        _ if instruction.flow_control() == FlowControl::Next => return None,
        _ => format!("Execution came here by `{text}`. Check its target."),
    };
    Some(Location {
        address: departure.from,
        span: Some(line.span),
        instruction: Some(text),
        help: Some(help),
    })
}
