; md5: prints the MD5 digest of standard input, as md5sum(1) does.
;
; The input is cut into blocks of 64 bytes, and each block updates a state of four 32-bit words: 64
; steps, four times each of the block's 16 words, in a different order each time. A step mixes three
; words of the state by logic, adds the fourth, a word of the block and a constant, rotates, and
; adds. The padding after the input is a 1 bit, zeros, and the length in bits.
;
; MD5 is broken: since 2004, two inputs with the same digest can be made. It still detects
; accidental damage of a file, but not manipulation; use sha256 for that.
;
; /// applet
; description = "Print the MD5 digest of standard input"
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
    mov ebx, 4
next_word:
    lodsd
    bswap eax                   ; the lowest byte is printed first
    mov ecx, 16                 ; in base 16, without a sign
    mov edx, '0' << 8 | 8       ; eight digits, with zeros before them
    call format_number
    dec ebx
    jnz next_word
    mov eax, "  -"              ; the name of standard input
    stosd
    mov byte [rdi - 1], 10
    write text, 32 + 4
    exit 0

usage:
    warn "usage: md5"
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
    stosq
    ret

; block: updates the state with 64 bytes. In: rsi the bytes. Keeps rbx, rsi, rdi.
block:
    push rbx
    push rdi
    lea rdi, [state]
    mov r8d, [rdi]              ; r8 to r11 = A to D of the standard
    mov r9d, [rdi + 4]
    mov r10d, [rdi + 8]
    mov r11d, [rdi + 12]
    xor ebx, ebx                ; rbx = the step, rdx = which word of the block it takes
.step:
    cmp ebx, 16
    jb .first
    cmp ebx, 32
    jb .second
    cmp ebx, 48
    jb .third
    mov eax, r11d               ; the fourth 16: C ^ (B | ~D)
    not eax
    or eax, r9d
    xor eax, r10d
    imul edx, ebx, 7
    jmp .mix
.first:                         ; the bits of C where B is 1, those of D where it is 0
    mov eax, r10d
    xor eax, r11d
    and eax, r9d
    xor eax, r11d
    mov edx, ebx
    jmp .mix
.second:                        ; the bits of B where D is 1, those of C where it is 0
    mov eax, r9d
    xor eax, r10d
    and eax, r11d
    xor eax, r10d
    lea edx, [rbx + rbx * 4 + 1]
    jmp .mix
.third:
    mov eax, r9d
    xor eax, r10d
    xor eax, r11d
    lea edx, [rbx + rbx * 2 + 5]
.mix:
    and edx, 15
    add eax, r8d
    add eax, [rsi + rdx * 4]
    lea rdi, [constants]
    add eax, [rdi + rbx * 4]
    mov ecx, ebx                ; how far to rotate: four numbers for each 16 steps
    mov edx, ebx
    shr ecx, 2
    and ecx, 3 << 2
    and edx, 3
    or edx, ecx
    lea rdi, [rotations]
    mov cl, [rdi + rdx]
    rol eax, cl
    add eax, r9d
    mov r8d, r11d               ; all move on by one place
    mov r11d, r10d
    mov r10d, r9d
    mov r9d, eax
    inc ebx
    cmp ebx, 64
    jb .step

    lea rdi, [state]
    add [rdi], r8d
    add [rdi + 4], r9d
    add [rdi + 8], r10d
    add [rdi + 12], r11d
    pop rdi
    pop rbx
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

state:
    dd 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476
rotations:
    db 7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21

; constants: the first 32 bits after the point of |sin 1|, |sin 2|, ... |sin 64|, in radians.
constants:
    dd 0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE
    dd 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501
    dd 0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE
    dd 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821
    dd 0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA
    dd 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8
    dd 0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED
    dd 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A
    dd 0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C
    dd 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70
    dd 0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05
    dd 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665
    dd 0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039
    dd 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1
    dd 0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1
    dd 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391

section .bss
    alignb 8
length:
    resq 1
text:
    resb 32 + 4
buffer:
    resb SIZE + 128             ; and the padding
