//! The guest code of the host itself, encoded into constants: the exception entry points, and the
//! programs with which `doctor` probes a host. All of it runs at any address.
//!
//! It is encoded here and not at run time, because iced's encoder takes 0.7 ms at its first use.

use iced_x86::{Code, Encoder, IcedError, Instruction, MemoryOperand, Register};
use std::fmt::Write as _;
use std::path::Path;

/// Port EXIT of the ABI.
const EXIT: i32 = 0xE3;
/// Port VERSION of the ABI.
const VERSION: i32 = 0xEC;

type Program = Result<Vec<Instruction>, IcedError>;
type Make = fn() -> Program;

/// One row per constant: name, what it is, width of the code in bits, the code.
const STUBS: &[(&str, &str, u32, Make)] = &[
    ("EXCEPTION_STUBS", "One `hlt` for each of the 256 vectors.", 64, exceptions),
    ("PROBE_EXIT_16", "Ends with exit code 7.", 16, exit_seven),
    ("PROBE_EXIT_32", "Ends with exit code 7.", 32, exit_seven),
    ("PROBE_EXIT_64", "Ends with exit code 7.", 64, exit_seven),
    ("PROBE_SPIN_32", "Counts `ecx` down to 0 in a loop of two instructions.", 32, spin_32),
    ("PROBE_SPIN_64", "Counts `ecx` down to 0 in a loop of two instructions.", 64, spin_64),
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
    for &(name, summary, bits, program) in STUBS {
        let bytes = encode(bits, &program()?)?;
        writeln!(text, "/// {summary}\npub(crate) const {name}: &[u8] = &{bytes:?};")?;
    }
    Ok(std::fs::write(path, text)?)
}

/// The bytes of a program. Its branches name their targets as offsets from its start.
fn encode(bits: u32, program: &[Instruction]) -> Result<Vec<u8>, IcedError> {
    let mut encoder = Encoder::try_new(bits)?;
    let mut offset = 0;
    for instruction in program {
        offset += u64::try_from(encoder.encode(instruction, offset)?).expect("a length");
    }
    Ok(encoder.take_buffer())
}

fn exceptions() -> Program {
    Ok(vec![Instruction::with(Code::Hlt); 256])
}

fn exit_seven() -> Program {
    exit_after([])
}

/// The instructions, then an exit with code 7.
fn exit_after<const N: usize>(instructions: [Instruction; N]) -> Program {
    let mut program = instructions.to_vec();
    program.push(Instruction::with2(Code::Mov_r8_imm8, Register::AL, 7)?);
    program.push(Instruction::with2(Code::Out_imm8_AL, EXIT, Register::AL)?);
    Ok(program)
}

fn spin_32() -> Program {
    exit_after([
        Instruction::with2(Code::Sub_rm32_imm8, Register::ECX, 1)?,
        Instruction::with_branch(Code::Jne_rel8_32, 0)?,
    ])
}

fn spin_64() -> Program {
    exit_after([
        Instruction::with2(Code::Sub_rm32_imm8, Register::ECX, 1)?,
        Instruction::with_branch(Code::Jne_rel8_64, 0)?,
    ])
}

fn port() -> Program {
    exit_after([
        Instruction::with2(Code::In_EAX_imm8, Register::EAX, VERSION)?,
        Instruction::with2(Code::Sub_rm32_imm8, Register::ECX, 1)?,
        Instruction::with_branch(Code::Jne_rel8_64, 0)?,
    ])
}

fn fpu() -> Program {
    exit_after([Instruction::with(Code::Fld1), Instruction::with1(Code::Fstp_sti, Register::ST0)?])
}

/// An interrupt descriptor table at 0x2000 whose vector 0x30 returns at once.
fn interrupt() -> Program {
    const TABLE: u32 = 0x2000;
    const GATE: u32 = TABLE + 0x30 * 8;
    const OPERAND: u32 = 0x1000;
    /// Behind the five bytes of the call and the one of the handler, which is an `iretd`.
    const BEHIND_HANDLER: u64 = 6;
    let at = |address: u32| MemoryOperand::with_displ(address.into(), 4);
    exit_after([
        // Leaves the handler's address on the stack.
        Instruction::with_branch(Code::Call_rel32_32, BEHIND_HANDLER)?,
        Instruction::with(Code::Iretd),
        Instruction::with1(Code::Pop_r32, Register::EAX)?,
        Instruction::with2(Code::Mov_moffs16_AX, at(GATE), Register::AX)?,
        // An interrupt gate to the code segment.
        Instruction::with2(Code::Mov_rm32_imm32, at(GATE + 2), 0x8E00_0008u32)?,
        Instruction::with2(Code::Shr_rm32_imm8, Register::EAX, 16)?,
        Instruction::with2(Code::Mov_moffs16_AX, at(GATE + 6), Register::AX)?,
        Instruction::with2(Code::Mov_rm16_imm16, at(OPERAND), 0x7FF)?,
        Instruction::with2(Code::Mov_rm32_imm32, at(OPERAND + 2), TABLE)?,
        Instruction::with1(Code::Lidt_m1632, at(OPERAND))?,
        Instruction::with1(Code::Int_imm8, 0x30)?,
    ])
}

fn sse() -> Program {
    exit_after([Instruction::with2(Code::Addps_xmm_xmmm128, Register::XMM0, Register::XMM1)?])
}

fn avx() -> Program {
    let (to, other) = (Register::YMM0, Register::YMM1);
    exit_after([Instruction::with3(Code::VEX_Vaddps_ymm_ymm_ymmm256, to, to, other)?])
}
