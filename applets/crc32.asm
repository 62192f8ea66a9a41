; crc32: computes the checksum of standard input in three ways: bit by bit, by a table, and with the
; CPU's own instruction, which has another polynomial.
;
; A cyclic redundancy check treats the input as one long polynomial whose coefficients are bits. The
; checksum is the remainder of a division by a fixed polynomial of degree 32. There are no carries,
; so subtraction is XOR, and long division becomes: if the bit shifted out is 1, XOR the fixed
; polynomial. The lowest bit comes first here, so everything is mirrored and shifts go right.
;
; The effect of eight such steps depends only on the low byte, so a table of 256 entries does eight
; steps at once. The CRC-32 of gzip, PNG and zip has the polynomial 0x04C11DB7. The `crc32`
; instruction of SSE4.2 has 0x1EDC6F41, called CRC-32C, which iSCSI, ext4 and Btrfs use, so its
; result is a different number.
;
; /// applet
; description = "Compute CRC-32 bit by bit and by a table, and CRC-32C by the crc32 instruction"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, format_number

SIZE       equ 1 << 16
POLYNOMIAL equ 0xEDB88320       ; 0x04C11DB7, mirrored

    call get_option
    cmp rax, -1
    jne usage

    call make_table
    mov eax, 1
    cpuid
    bt ecx, 20                  ; SSE4.2
    setc [has_crc32]

    mov r12d, -1                ; r12 = the CRC bit by bit; it begins with all ones
    mov r13d, -1                ; r13 = the one by the table
    mov r14d, -1                ; r14 = the one by the instruction
next_buffer:
    lea rdi, [buffer]
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz report
    mov ebp, eax                ; rbp = how many bytes came
    call by_bits
    call by_table
    cmp byte [has_crc32], 0
    je next_buffer
    call by_instruction
    jmp next_buffer

report:                         ; and in the end all bits are turned round
    lea rsi, [name_bits]
    not r12d
    mov eax, r12d
    call print_line
    lea rsi, [name_table]
    not r13d
    mov eax, r13d
    call print_line
    cmp byte [has_crc32], 0
    je no_instruction
    lea rsi, [name_instruction]
    not r14d
    mov eax, r14d
    call print_line
    exit 0

no_instruction:
    warn "this processor has no crc32 instruction"
    exit 1

usage:
    warn "usage: crc32"
    exit 2

; by_bits: the bytes in the buffer, a bit at a time.
; In: rbp how many. Out: r12 the CRC after them. Clobbers rax, rcx, rdx, rsi.
by_bits:
    lea rsi, [buffer]
    mov ecx, ebp
.next:
    movzx eax, byte [rsi]
    inc rsi
    xor r12d, eax
    mov edx, 8
.bit:
    shr r12d, 1                 ; CF = the bit that falls out
    jnc .zero
    xor r12d, POLYNOMIAL
.zero:
    dec edx
    jnz .bit
    dec ecx
    jnz .next
    ret

; make_table: the effect of eight steps on each byte. Clobbers rax, rcx, rdx, rdi.
make_table:
    lea rdi, [table]
    xor ecx, ecx
.next:
    mov eax, ecx
    mov edx, 8
.bit:
    shr eax, 1
    jnc .zero
    xor eax, POLYNOMIAL
.zero:
    dec edx
    jnz .bit
    stosd
    inc cl
    jnz .next
    ret

; by_table: the bytes in the buffer, a byte at a time.
; In: rbp how many. Out: r13 the CRC after them. Clobbers rax, rcx, rsi, rdi.
by_table:
    lea rsi, [buffer]
    lea rdi, [table]
    mov ecx, ebp
.next:
    movzx eax, byte [rsi]
    inc rsi
    xor al, r13b
    shr r13d, 8
    xor r13d, [rdi + rax * 4]
    dec ecx
    jnz .next
    ret

; by_instruction: the bytes in the buffer, eight at a time, and the rest one by one.
; In: rbp how many. Out: r14 the CRC after them. Clobbers rcx, rsi.
by_instruction:
    lea rsi, [buffer]
    mov ecx, ebp
    shr ecx, 3
    jz .rest
.eight:
    crc32 r14, qword [rsi]
    add rsi, 8
    dec ecx
    jnz .eight
.rest:
    mov ecx, ebp
    and ecx, 7
    jz .end
.one:
    crc32 r14d, byte [rsi]
    inc rsi
    dec ecx
    jnz .one
.end:
    ret

; print_line: a name, eight hexadecimal digits and a newline.
; In: rsi the name, NAME bytes; eax the number. Clobbers rax, rcx, rdx, rsi, rdi.
print_line:
    lea rdi, [text]
    mov ecx, NAME
    rep movsb
    mov ecx, 16                 ; in base 16, without a sign
    mov edx, '0' << 8 | 8       ; eight digits, with zeros before them
    call format_number
    mov al, 10
    stosb
    write text, NAME + 8 + 1
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

NAME equ 22
name_bits:
    db "CRC-32   bit by bit   "
name_table:
    db "CRC-32   table        "
name_instruction:
    db "CRC-32C  instruction  "

section .bss
    alignb 8
table:
    resd 256
buffer:
    resb SIZE
has_crc32:
    resb 1
text:
    resb NAME + 8 + 1
