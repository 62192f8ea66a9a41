//! Where nasm 2.16.01 and we differ on purpose, with the reason. In each the bytes that nasm writes
//! do not mean what the text says, or the text means nothing that it could be held to.

/// Name of the instruction, what the line must have besides, and why its bytes may differ. The
/// table does not hold FP16 memory operands, whose disp8 nasm scales wrongly in many instructions:
/// those are found by decoding both.
pub(crate) const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("enqcmd", "", "nasm adds REX.W, and 67 where the address does not have the register's size"),
    ("enqcmds", "", "as enqcmd"),
    ("movdir64b", "[", "register and address of different sizes: no encoding means both"),
    ("jmpe", "", "Itanium's, long gone; nasm takes the displacement for a target"),
    ("ptwrite", "", "nasm leaves out F3: its bytes are xsave's"),
    ("vmgexit", "", "nasm writes F2 0F 01 C1, which is vmcall's; the SDM of AMD has 0F 01 D9"),
    ("wrssd", "[", "nasm adds 66 in 16-bit code, which makes it adcx"),
    ("vcvtneps2bf16", "", "nasm puts the source into EVEX.vvvv too, which must be unused"),
    ("vgetmantph", "", "nasm writes the opcode of vgetmantss's family, 25"),
    ("vrcpph", "", "nasm puts the destination into EVEX.vvvv too"),
    ("vrcpsh", "", "nasm does not scale disp8 by 2"),
    ("vreducesh", "", "nasm puts the destination into EVEX.vvvv"),
    ("vcvtdq2ph", "[", "nasm takes ymm for zmm without a written size"),
    ("vcvtudq2ph", "[", "nasm takes ymm for zmm without a written size"),
    ("vcvtuqq2ph", "{1to4}", "nasm takes the 128-bit form for four elements"),
    ("vcvtusi2ss", "-sae}", "with rounding nasm writes map 5, vcvtusi2sh's"),
    ("vmovq", "{evex}", "{evex} outside 64-bit code: nasm writes the form of a 64-bit register"),
    ("vmovdqa32", "{z}", "nasm lets {z} stand before memory, which faults"),
    ("vmovdqa64", "{z}", "as vmovdqa32"),
    ("vmovdqu8", "{z}", "as vmovdqa32"),
    ("vmovdqu16", "{z}", "as vmovdqa32"),
    ("vmovdqu32", "{z}", "as vmovdqa32"),
    ("vmovdqu64", "{z}", "as vmovdqa32"),
    ("vfmadd132ph", "", "nasm writes the opcodes of the complex forms"),
    ("vfmadd213ph", "", "as vfmadd132ph"),
    ("vfmadd231ph", "", "as vfmadd132ph"),
    ("vfmsub132ph", "", "as vfmadd132ph"),
    ("vfmsub213ph", "", "as vfmadd132ph"),
    ("vfmsub231ph", "", "as vfmadd132ph"),
];
