//! Where nasm 2.16.01 and we differ on purpose, with the reason: the bytes of nasm do not mean what
//! the text says. A row alone excuses nothing: the test has iced decode both, see `meaning`.

/// Names of instructions, or a CPUID feature for all that need it; what the line must have besides;
/// why the bytes differ. The first row that fits is the reason.
pub(crate) const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("enqcmd enqcmds", "[", "nasm writes 67 outside 64-bit code and never minds the address"),
    (
        "movdir64b",
        "[",
        "nasm takes registers of another size in the address than the first operand, which no encoding means; here that is an error",
    ),
    ("jmpe", "", "the operand is the target itself; nasm writes the distance to it"),
    ("ptwrite", "", "nasm leaves out F3: its bytes are xsave's"),
    ("vmgexit", "", "nasm writes F2 0F 01 C1, which is vmcall's; the SDM of AMD has 0F 01 D9"),
    ("wrssd", "[", "nasm adds 66 in 16-bit code, which makes it adcx"),
    ("vcvtneps2bf16", "", "nasm puts the source into EVEX.vvvv too, which must be unused"),
    ("vgetmantph", "", "nasm writes the opcode of vgetmantss's family, 25"),
    ("vrcpph", "", "nasm puts the destination into EVEX.vvvv too"),
    ("vreducesh", "", "nasm puts the destination into EVEX.vvvv"),
    ("vcvtdq2ph vcvtudq2ph", "[", "nasm takes ymm for zmm without a written size"),
    ("vcvtuqq2ph", "{1to4}", "nasm takes the 128-bit form for four elements"),
    ("vcvtusi2ss", "-sae}", "with rounding nasm writes map 5, vcvtusi2sh's"),
    ("vmovq", "{evex}", "{evex} outside 64-bit code: nasm writes the form of a 64-bit register"),
    (
        "vmovdqa32 vmovdqa64 vmovdqu8 vmovdqu16 vmovdqu32 vmovdqu64",
        "{z}",
        "nasm lets {z} stand before memory, which faults; here that is an error",
    ),
    (
        "vfmadd132ph vfmadd213ph vfmadd231ph vfmsub132ph vfmsub213ph vfmsub231ph",
        "",
        "nasm writes the opcodes of the complex forms",
    ),
    (
        "AVX512_FP16",
        "[",
        "nasm divides a disp8 by 4, or by the whole operand, where the CPU multiplies it by 2",
    ),
];
