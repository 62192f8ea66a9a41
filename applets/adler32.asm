; adler32: computes the checksum of zlib, as eight hexadecimal digits.
;
; There are two sums: a is 1 plus all bytes, and b is the sum of all intermediate values of a, so
; the order of the bytes matters. Both are taken modulo 65521, the largest prime below 2^16. b is
; the upper half of the result.
;
; A division for each byte would be slow. It is enough to divide before a sum can overflow. After n
; bytes of 255, b has grown to at most 255 * n * (n + 1) / 2 + (n + 1) * 65520, and 5552 is the
; largest n for which that fits 32 bits.
;
; /// applet
; description = "Compute the Adler-32 checksum of standard input"
; timeout = "none"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, format_number

MODULUS equ 65521
CHUNK   equ 5552                ; the most bytes between two divisions
SIZE    equ 11 * CHUNK          ; about 64 KiB

    call get_option
    cmp eax, -1
    jne usage

    mov ebx, 1                  ; ebx = a
    xor ebp, ebp                ; ebp = b
next_buffer:
    mov edi, buffer
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz report
    mov edi, eax                ; edi = how many bytes are left of those that came
    mov esi, buffer
next_chunk:
    mov ecx, CHUNK
    cmp ecx, edi
    jbe size_known
    mov ecx, edi
size_known:
    sub edi, ecx
    xor eax, eax
next_byte:
    lodsb
    add ebx, eax
    add ebp, ebx
    dec ecx
    jnz next_byte

    mov ecx, MODULUS
    mov eax, ebx
    xor edx, edx
    div ecx                     ; edx = the remainder
    mov ebx, edx
    mov eax, ebp
    xor edx, edx
    div ecx
    mov ebp, edx
    test edi, edi
    jnz next_chunk
    jmp next_buffer

report:
    mov eax, ebp
    shl eax, 16
    or eax, ebx
    mov edi, text
    mov ecx, 16                 ; in base 16, without a sign
    mov edx, '0' << 8 | 8       ; eight digits, with zeros before them
    call format_number
    mov byte [edi], 10
    write text, 9
    exit 0

usage:
    warn "usage: adler32"
    exit 2

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

section .bss
text:
    resb 9
buffer:
    resb SIZE
