//! The messages, through the assembler, as the user meets them.

use crate::asm::{self, Included, Options, Resolver};
use crate::diagnostic::{Diagnostic, Sources};
use std::path::Path;

struct Nothing;

impl Resolver for Nothing {
    fn include(&self, _: &str, _: Option<&Path>) -> Result<Included, String> {
        Err(String::new())
    }

    fn binary(&self, _: &str, _: Option<&Path>) -> Result<Vec<u8>, String> {
        Err(String::new())
    }
}

/// All that is said of a text: column, message, label, help.
fn said(text: &str) -> String {
    let mut sources = Sources::new();
    let main = sources.add("t", None, text.to_owned());
    let outcome = asm::assemble(&mut sources, main, &Nothing, &Options::default());
    let diagnostics = outcome.map_or_else(|errors| errors, |assembly| assembly.warnings);
    let show = |d: &Diagnostic| {
        let column = sources.position(d.span).column;
        let label = if d.label.is_empty() { String::new() } else { format!(" ({})", d.label) };
        let help = d.help.as_ref().map_or(String::new(), |help| format!(" [{help}]"));
        format!("{column}: {}{label}{help}", d.message)
    };
    diagnostics.iter().map(show).collect::<Vec<_>>().join("\n")
}

#[test]
fn messages_say_what_is_wrong_and_what_to_write() {
    for (text, expected) in CASES {
        assert_eq!(said(text), *expected, "{text}");
    }
}

const CASES: &[(&str, &str)] = &[
    (
        "bits 32\nmov eax, bl",
        "5: operand sizes differ: `eax` has 4 bytes, `bl` has 1 byte [`movzx eax, bl` extends with zeros, `movsx` with the sign]",
    ),
    (
        "bits 64\nmov rax, ebx",
        "5: operand sizes differ: `rax` has 8 bytes, `ebx` has 4 bytes [`mov eax, ebx` clears \
         the high half; `movsxd rax, ebx` keeps the sign]",
    ),
    (
        "bits 32\nadd ax, ebx",
        "5: operand sizes differ: `ax` has 2 bytes, `ebx` has 4 bytes [write `add ax, bx`]",
    ),
    (
        "bits 32\nmov eax, word [ebx]",
        "5: operand sizes differ: `eax` has 4 bytes, the memory has 2 bytes [`movzx eax, word \
         [...]` extends with zeros, `movsx` with the sign]",
    ),
    (
        "bits 32\nadd byte [ebx], ecx",
        "5: operand sizes differ: the memory has 1 byte, `ecx` has 4 bytes [write `dword` \
         before the bracket, or use `cl`]",
    ),
    (
        "bits 32\nmov [eax], 1",
        "5: the size of this memory operand is not known (how many bytes?) [write `byte`, \
         `word` or `dword` before the bracket: `mov dword [eax], 1`]",
    ),
    (
        "bits 32\ninc [eax]",
        "5: the size of this memory operand is not known (how many bytes?) [write `byte`, \
         `word` or `dword` before the bracket: `inc dword [eax]`]",
    ),
    (
        "bits 32\nmovzx eax, [ebx]",
        "12: the size of this memory operand is not known (how many bytes?) [write `byte` or \
         `word` before the bracket: `movzx eax, word [ebx]`]",
    ),
    (
        "bits 32\nfld [ebx]",
        "5: the size of this memory operand is not known (how many bytes?) [write `dword`, \
         `qword` or `tword` before the bracket: `fld dword [ebx]`]",
    ),
    (
        "mov al, 300",
        "9: 300 does not fit in 8 bits (the range is -128 to 255) [only the low bits are \
         kept]",
    ),
    (
        "bits 64\nadd rcx, 0x123456789",
        "10: 4886718345 does not fit in 32 bits (the range is -2147483648 to 2147483647) \
         [only the low bits are kept]",
    ),
    (
        "mov rax, 1",
        "5: `rax` exists only in 64-bit code (this is 16-bit code) [write `bits 64` before it \
         for 64-bit code, or use `ax`]",
    ),
    (
        "mov ax, [r8]",
        "9: `r8` exists only in 64-bit code (this is 16-bit code) [write `bits 64` before it \
         for 64-bit code]",
    ),
    (
        "bits 64\ndaa",
        "1: `daa` does not exist in 64-bit code, only in 16-bit and 32-bit code (this is \
         64-bit code)",
    ),
    (
        "bits 64\npush eax",
        "1: `push` does not take these operands in 64-bit code (this is 64-bit code) [write \
         `push rax`: stack and jumps are 64 bits wide here]",
    ),
    (
        "jmp short far_away\ntimes 200 nop\nfar_away:",
        "5: the target of this short jump is out of range: 200 bytes after its end, 73 too \
         many (from 0x2 to 0xca) [a short jump reaches 127 bytes ahead and 128 back: leave \
         out `short`, or write `jmp near`]",
    ),
    (
        "back:\ntimes 200 nop\nloop back",
        "6: the target of this short jump is out of range: 202 bytes before its end, 74 too \
         many (from 0xca to 0x0) [`loop` has only the short form, which reaches 128 bytes \
         back: let it jump to a `jmp` nearby]",
    ),
    (
        "mov ax",
        "1: `mov` takes 2 operands, not 1 [it can be `mov r/m16, r16`, `mov r16, r/m16`, `mov \
         r/m16, sreg`, `mov sreg, r/m16`, `mov r16, imm16`, `mov r/m16, imm16`, `mov r32, \
         cr`, `mov r32, dr` and 4 more; the same in other sizes]",
    ),
    ("hlt ax", "1: `hlt` takes no operand"),
    (
        "bits 32\nmov [eax], [ebx]",
        "1: `mov` does not take these operands (two memory operands) [an instruction has at most one: load the other into a register first]",
    ),
    (
        "bits 32\nmov cs, 5",
        "5: `mov` does not take these operands (`cs` can only be changed by a far jump, call or return) \
         [it can be `mov r/m32, r32`, `mov r32, r/m32`, `mov r32/m16, sreg`, `mov sreg, r32/m16`, `mov r32, imm32`, `mov r/m32, imm32`, `mov \
         r32, cr`, `mov r32, dr` and 4 more; the same in other sizes]",
    ),
    (
        "bits 32\nmov eax, [ebx+esp*2]",
        "10: the stack pointer cannot be multiplied in an address [esp and rsp can be the \
         base only: multiply another register]",
    ),
    (
        "bits 32\nmov eax, [ebx+ecx*6]",
        "10: an index cannot be multiplied by 6 [the scale is 1, 2, 4 or 8 (3, 5 and 9 \
         without another base)]",
    ),
    (
        "mov ax, [ax]",
        "9: no 16-bit address has these registers [16-bit addresses are bx or bp, si or di, \
         or one of each: `[bx+si]`]",
    ),
    (
        "mov ax, [bx+cx]",
        "9: no 16-bit address has these registers [16-bit addresses are bx or bp, si or di, \
         or one of each: `[bx+si]`]",
    ),
    (
        "bits 64\nmov ah, r8b",
        "5: `ah` cannot be used here (needs an encoding without REX prefix) [the other \
         operand needs REX (64-bit registers, r8 to r15, spl, bpl, sil, dil), under which \
         there is no ah, bh, ch, dh: use the low byte of another register]",
    ),
    (
        "bits 64\nmov eax, [eax+rbx]",
        "10: base and index of an address must have the same size [write both as 32-bit or \
         both as 64-bit registers]",
    ),
    (
        "bits 64\nmov eax, [bx]",
        "10: 64-bit code has no 16-bit addresses [use a register of the address size of this \
         mode]",
    ),
    (
        "bits 32\nlock mov [eax], eax",
        "6: `lock` is not allowed here [the CPU takes it only where the destination is memory \
         that is read and written]",
    ),
    ("bits 64\naddps xmm0{k1}, xmm1", "7: `addps` does not take a mask"),
    (
        "bits 64\nvaddps xmm0, ymm1, xmm2",
        "8: operand sizes differ: `xmm0` has 16 bytes, `ymm1` has 32 bytes",
    ),
    (
        "bits 32\npush al",
        "6: `push` does not take an operand of 1 byte [it can be `push imm32`, `push es`, \
         `push cs`, `push ss`, `push ds`, `push r32`, `push r/m32`, `push fs` and 1 more; \
         the same in other sizes]",
    ),
    (
        "bits 32\nshl eax, bl",
        "10: `shl` does not take these operands (the count is `cl` or a number) [it can be `shl r/m32, 1`, `shl r/m32, imm8`, \
         `shl r/m32, cl`; the same in other sizes]",
    ),
    (
        "bits 32\nin eax, bx",
        "9: `in` does not take these operands (the port is a number or in `dx`) [it can be `in al, imm8`, `in ax, imm8`, `in \
         eax, imm8`, `in al, dx`, `in ax, dx`, `in eax, dx`]",
    ),
];
