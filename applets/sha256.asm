; sha256: prints the SHA-256 digest of standard input, as sha256sum(1) does.
;
; The input is cut into blocks of 64 bytes, and each block updates a state of eight 32-bit words. A
; block's 16 words are first expanded to 64; each new word is computed from four earlier ones. Then
; each of 64 rounds mixes one word and a constant into the state by rotations, logic and additions.
; No way to invert this is known.
;
; The constants are the fractions of the square and cube roots of the first primes. The padding
; after the input is a 1 bit, zeros, and the length in bits, so different inputs give different
; blocks. Numbers are big-endian, so BSWAP reverses their bytes.
;
; /// applet
; description = "Print the SHA-256 digest of standard input"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, format_number

SIZE equ 1 << 16                ; bytes of input at a time: a multiple of 64

    call get_option
    cmp rax, -1
    jne usage

next_buffer:
    lea rdi, [buffer]
    mov ebx, SIZE               ; ebx = how much of the buffer is free
fill:                           ; until it is full or the input ends: a pipe gives short pieces
    mov ecx, ebx
    in eax, READ
    add rdi, rax
    add [length], rax
    sub ebx, eax
    jz full
    test eax, eax
    jnz fill
    call pad
full:
    lea rsi, [buffer]
next_block:
    cmp rsi, rdi
    jae end_of_buffer
    call block
    add rsi, 64
    jmp next_block
end_of_buffer:
    test ebx, ebx
    jz next_buffer              ; it was full: there may be more

    lea rsi, [state]
    lea rdi, [text]
    mov ebx, 8
next_word:
    lodsd
    mov ecx, 16                 ; in base 16, without a sign
    mov edx, '0' << 8 | 8       ; eight digits, with zeros before them
    call format_number
    dec ebx
    jnz next_word
    mov eax, "  -"              ; the name of standard input
    stosd
    mov byte [rdi - 1], 10
    write text, 64 + 4
    exit 0

usage:
    warn "usage: sha256"
    exit 2

; pad: ends the input: a byte 0x80, zeros, and the length in bits in the last 8 bytes of a block.
; In: rdi the end of the input. Out: rdi after the padding. Clobbers rax, rcx.
pad:
    mov al, 0x80
    stosb
    xor eax, eax
.zero:
    lea rcx, [buffer]
    sub rcx, rdi
    and ecx, 63                 ; how far the end of a block is
    cmp ecx, 8
    je .length
    stosb
    jmp .zero
.length:
    mov rax, [length]
    shl rax, 3
    bswap rax
    stosq
    ret

; block: updates the state with 64 bytes. In: rsi the bytes. Keeps rbx, rsi, rdi.
block:
    push rbx
    push rsi
    push rdi
    call stretch
    lea rsi, [state]
    mov r8d, [rsi]              ; r8 to r15 = a to h of the standard
    mov r9d, [rsi + 4]
    mov r10d, [rsi + 8]
    mov r11d, [rsi + 12]
    mov r12d, [rsi + 16]
    mov r13d, [rsi + 20]
    mov r14d, [rsi + 24]
    mov r15d, [rsi + 28]
    lea rsi, [words]
    lea rdi, [constants]
    xor ebx, ebx
.round:
    mov eax, r12d               ; e, rotated by 6, 11 and 25
    ror eax, 6
    mov edx, r12d
    ror edx, 11
    xor eax, edx
    ror edx, 25 - 11
    xor eax, edx
    mov edx, r13d               ; the bits of f where e is 1, those of g where it is 0
    xor edx, r14d
    and edx, r12d
    xor edx, r14d
    add eax, edx
    add eax, r15d
    add eax, [rsi + rbx * 4]
    add eax, [rdi + rbx * 4]    ; eax = what goes to both a and e

    mov ecx, r8d                ; a, rotated by 2, 13 and 22
    ror ecx, 2
    mov edx, r8d
    ror edx, 13
    xor ecx, edx
    ror edx, 22 - 13
    xor ecx, edx
    mov edx, r8d                ; the majority of a, b and c, bit by bit
    mov ebp, r8d
    or edx, r9d
    and ebp, r9d
    and edx, r10d
    or edx, ebp
    add ecx, edx

    mov r15d, r14d              ; all move on by one place
    mov r14d, r13d
    mov r13d, r12d
    lea r12d, [r11 + rax]
    mov r11d, r10d
    mov r10d, r9d
    mov r9d, r8d
    lea r8d, [rax + rcx]
    inc ebx
    cmp ebx, 64
    jb .round

    lea rsi, [state]
    add [rsi], r8d
    add [rsi + 4], r9d
    add [rsi + 8], r10d
    add [rsi + 12], r11d
    add [rsi + 16], r12d
    add [rsi + 20], r13d
    add [rsi + 24], r14d
    add [rsi + 28], r15d
    pop rdi
    pop rsi
    pop rbx
    ret

; stretch: expands the 16 words of a block to 64 in `words`. In: rsi the block. Clobbers rax, rcx,
; rdx, rsi, rdi.
stretch:
    lea rdi, [words]
    mov ecx, 16
.copy:
    lodsd
    bswap eax
    stosd
    dec ecx
    jnz .copy
    mov ecx, 48
.next:
    mov eax, [rdi - 15 * 4]     ; rotated by 7 and 18, and shifted by 3
    mov edx, eax
    shr eax, 3
    ror edx, 7
    xor eax, edx
    ror edx, 18 - 7
    xor eax, edx
    add eax, [rdi - 16 * 4]
    add eax, [rdi - 7 * 4]
    mov edx, [rdi - 2 * 4]      ; rotated by 17 and 19, and shifted by 10
    mov esi, edx
    shr esi, 10
    ror edx, 17
    xor esi, edx
    ror edx, 19 - 17
    xor esi, edx
    add eax, esi
    stosd
    dec ecx
    jnz .next
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

; state: the first 32 bits after the point of the square roots of 2, 3, 5, 7, 11, 13, 17, 19.
state:
    dd 0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A
    dd 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19

; constants: the same of the cube roots of the first 64 primes.
constants:
    dd 0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5
    dd 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5
    dd 0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3
    dd 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174
    dd 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC
    dd 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA
    dd 0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7
    dd 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967
    dd 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13
    dd 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85
    dd 0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3
    dd 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070
    dd 0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5
    dd 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3
    dd 0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208
    dd 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2

section .bss
    alignb 8
length:
    resq 1
words:
    resd 64
text:
    resb 64 + 4
buffer:
    resb SIZE + 128             ; and the padding
