//! The host's own guest code, assembled once with iced's code assembler into constants: the
//! exception entry points, and the programs with which `doctor` probes a host.
//!
//! At run time this costs nothing: iced's encoder tables (0.7 ms at first use) stay untouched.
//! It knows nothing of where the code is loaded: all of it runs at any address.

use iced_x86::IcedError;
use iced_x86::code_asm::{
    CodeAssembler, al, ax, dword_ptr, eax, ecx, ptr, st0, word_ptr, xmm0, xmm1, ymm0, ymm1,
};
use std::fmt::Write as _;
use std::path::Path;

/// Port EXIT of the ABI.
const EXIT: i32 = 0xE3;

type Emit = fn(&mut CodeAssembler) -> Result<(), IcedError>;

/// One row per constant: name, what it is, width of the code in bits, the code.
const STUBS: &[(&str, &str, u32, Emit)] = &[
    ("EXCEPTION_STUBS", "One `hlt` for each of the 256 vectors.", 64, exceptions),
    ("PROBE_EXIT_16", "Ends with exit code 7.", 16, exit_seven),
    ("PROBE_EXIT_32", "Ends with exit code 7.", 32, exit_seven),
    ("PROBE_EXIT_64", "Ends with exit code 7.", 64, exit_seven),
    ("PROBE_SPIN_32", "Counts `ecx` down to 0 in a loop of two instructions.", 32, spin),
    ("PROBE_SPIN_64", "Counts `ecx` down to 0 in a loop of two instructions.", 64, spin),
    ("PROBE_PORT_64", "Reads port VERSION `ecx` times.", 64, port),
    ("PROBE_FPU_32", "One x87 instruction.", 32, fpu),
    ("PROBE_INTERRUPT_32", "An interrupt with a table of its own.", 32, interrupt),
    ("PROBE_SSE_32", "One SSE instruction.", 32, sse),
    ("PROBE_SSE_64", "One SSE instruction.", 64, sse),
    ("PROBE_AVX_64", "One AVX instruction.", 64, avx),
];

/// Writes the constants as Rust source.
pub(crate) fn write(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    for &(name, summary, bits, emit) in STUBS {
        let mut assembler = CodeAssembler::new(bits)?;
        emit(&mut assembler)?;
        let bytes = assembler.assemble(0)?;
        writeln!(text, "/// {summary}\npub(crate) const {name}: &[u8] = &{bytes:?};")?;
    }
    Ok(std::fs::write(path, text)?)
}

fn exceptions(a: &mut CodeAssembler) -> Result<(), IcedError> {
    (0..256).try_for_each(|_| a.hlt())
}

fn exit_with(a: &mut CodeAssembler, code: i32) -> Result<(), IcedError> {
    a.mov(al, code)?;
    a.out(EXIT, al)
}

fn exit_seven(a: &mut CodeAssembler) -> Result<(), IcedError> {
    exit_with(a, 7)
}

fn spin(a: &mut CodeAssembler) -> Result<(), IcedError> {
    let mut again = a.create_label();
    a.set_label(&mut again)?;
    a.sub(ecx, 1)?;
    a.jne(again)?;
    exit_with(a, 7)
}

fn port(a: &mut CodeAssembler) -> Result<(), IcedError> {
    let mut again = a.create_label();
    a.set_label(&mut again)?;
    a.in_(eax, 0xEC)?;
    a.sub(ecx, 1)?;
    a.jne(again)?;
    exit_with(a, 7)
}

fn fpu(a: &mut CodeAssembler) -> Result<(), IcedError> {
    a.fld1()?;
    a.fstp(st0)?;
    exit_with(a, 7)
}

/// An interrupt descriptor table at 0x2000 whose vector 0x30 returns at once.
fn interrupt(a: &mut CodeAssembler) -> Result<(), IcedError> {
    const TABLE: u32 = 0x2000;
    const GATE: u32 = TABLE + 0x30 * 8;
    const OPERAND: u32 = 0x1000;
    let mut begin = a.create_label();
    a.call(begin)?; // Leaves the handler's address on the stack.
    a.iretd()?;
    a.set_label(&mut begin)?;
    a.pop(eax)?;
    a.mov(word_ptr(GATE), ax)?;
    a.mov(dword_ptr(GATE + 2), 0x8E00_0008u32)?; // An interrupt gate to the code segment.
    a.shr(eax, 16)?;
    a.mov(word_ptr(GATE + 6), ax)?;
    a.mov(word_ptr(OPERAND), 0x7FF)?;
    a.mov(dword_ptr(OPERAND + 2), TABLE)?;
    a.lidt(ptr(OPERAND))?;
    a.int(0x30)?;
    exit_with(a, 7)
}

fn sse(a: &mut CodeAssembler) -> Result<(), IcedError> {
    a.addps(xmm0, xmm1)?;
    exit_with(a, 7)
}

fn avx(a: &mut CodeAssembler) -> Result<(), IcedError> {
    a.vaddps(ymm0, ymm0, ymm1)?;
    exit_with(a, 7)
}
