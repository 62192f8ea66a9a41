//! Boot sectors: where a program expects its labels, which a PC loads at 0x7C00 in any case.

use crate::image::{Bits, Image, Mode};
use iced_x86::{Code, Decoder, DecoderOptions, Instruction, OpKind, Register};

/// The segment of address 0x7C00.
const SEGMENT: u16 = 0x07C0;
/// Bytes of a boot sector.
const SECTOR: usize = 512;
/// The last two bytes of a boot sector.
const SIGNATURE: [u8; 2] = [0x55, 0xAA];
/// Bytes of code in which a program sets its segments.
const START: usize = 64;

/// The address of the first label of a boot sector whose labels do not begin at 0x7C00: one that
/// loads 0x07C0 into a segment register, or one with a signature and `org 0`.
pub(crate) fn labels(image: &Image) -> Option<u64> {
    if image.bits != Bits::Bits16 {
        return None;
    }
    let has_signature = image.bytes.get(SECTOR - 2..SECTOR) == Some(&SIGNATURE[..]);
    let is_at_zero = image.origin == 0;
    let is_default = image.origin == Mode::Real.default_origin();
    let loads = is_default && loads_segment(&image.bytes);
    ((is_at_zero && has_signature) || loads).then_some(0)
}

/// Whether the code at the start loads 0x07C0 into a segment register.
fn loads_segment(bytes: &[u8]) -> bool {
    let mut decoder = Decoder::new(16, bytes, DecoderOptions::NONE);
    let mut holders: Vec<Register> = Vec::new();
    let mut is_pushed = false;
    while decoder.can_decode() && decoder.position() < START {
        let instruction = decoder.decode();
        if instruction.is_invalid() {
            return false;
        }
        if instruction.code() == Code::Jmp_ptr1616 && instruction.far_branch_selector() == SEGMENT {
            return true;
        }
        if follow(&mut decoder, &instruction) {
            continue;
        }
        let into_segment = instruction.op_count() > 0
            && instruction.op_kind(0) == OpKind::Register
            && instruction.op0_register().is_segment_register();
        match instruction.code() {
            Code::Mov_r16_imm16 => {
                holders.retain(|&register| register != instruction.op0_register());
                if instruction.immediate16() == SEGMENT {
                    holders.push(instruction.op0_register());
                }
            }
            Code::Push_imm16 => is_pushed = instruction.immediate16() == SEGMENT,
            Code::Push_r16 => is_pushed = holders.contains(&instruction.op0_register()),
            Code::Mov_Sreg_rm16 if holders.contains(&instruction.op1_register()) => return true,
            _ if into_segment && is_pushed => return true,
            _ => {}
        }
    }
    false
}

/// Follows a jump forward over the data at the start of the sector.
fn follow(decoder: &mut Decoder<'_>, instruction: &Instruction) -> bool {
    let target = usize::from(instruction.near_branch16());
    let is_jump = matches!(instruction.code(), Code::Jmp_rel8_16 | Code::Jmp_rel16);
    if !is_jump || target < decoder.position() || decoder.set_position(target).is_err() {
        return false;
    }
    decoder.set_ip(target as u64);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels_of(bytes: &[u8], origin: u64) -> Option<u64> {
        labels(&Image { bytes: bytes.to_vec(), origin, ..Image::default() })
    }

    #[test]
    fn a_program_that_loads_07c0_has_its_labels_at_0() {
        // mov ax, 0x7C0; mov ds, ax
        assert_eq!(labels_of(b"\xB8\xC0\x07\x8E\xD8", 0x7C00), Some(0));
        // push 0x7C0; pop ds
        assert_eq!(labels_of(b"\x68\xC0\x07\x1F", 0x7C00), Some(0));
        // jmp 0x7C0:5
        assert_eq!(labels_of(b"\xEA\x05\x00\xC0\x07", 0x7C00), Some(0));
        // jmp over two bytes of data, then mov cx, 0x7C0; mov es, cx
        assert_eq!(labels_of(b"\xEB\x02\xFF\xFF\xB9\xC0\x07\x8E\xC1", 0x7C00), Some(0));
    }

    #[test]
    fn other_programs_have_theirs_where_they_are() {
        // mov ax, 0x7C0; mov bx, ax
        assert_eq!(labels_of(b"\xB8\xC0\x07\x89\xC3", 0x7C00), None);
        // mov ax, 0; mov ds, ax
        assert_eq!(labels_of(b"\xB8\x00\x00\x8E\xD8", 0x7C00), None);
        // mov ax, 0x7C0; mov ax, 0; mov ds, ax
        assert_eq!(labels_of(b"\xB8\xC0\x07\xB8\x00\x00\x8E\xD8", 0x7C00), None);
        assert_eq!(labels_of(b"\xB8\xC0\x07\x8E\xD8", 0x100), None);
    }

    #[test]
    fn a_signature_counts_with_org_0() {
        let mut sector = vec![0x90; SECTOR];
        assert_eq!(labels_of(&sector, 0), None);
        sector[SECTOR - 2..].copy_from_slice(&SIGNATURE);
        assert_eq!(labels_of(&sector, 0), Some(0));
        assert_eq!(labels_of(&sector, 0x7C00), None);
    }
}
