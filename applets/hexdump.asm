; hexdump: shows standard input as hexadecimal numbers and as text, as xxd(1) does.
;
; Sixteen bytes make a line: the offset, the bytes in pairs, and once more as characters, with a dot
; for each byte that is not printable ASCII. A shorter line is padded with spaces. READ may return
; any number of bytes, so a block is read until it is full or the input ends; only the last line can
; be short.
;
; /// applet
; description = "Show standard input in hexadecimal and as text"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/io.inc"

BLOCK equ 1 << 16               ; a multiple of 16
LINE  equ 8 + 2 + 40 + 1 + 16 + 1

    cld                         ; string instructions go upwards
    xor ebp, ebp                ; ebp = the offset in the input
next_block:
    lea rdi, [block]
    mov ebx, BLOCK              ; ebx = how much of the block is free
fill:
    mov ecx, ebx
    in eax, READ
    add rdi, rax
    sub ebx, eax
    jz full
    test eax, eax
    jnz fill
full:
    lea rsi, [block]
    mov r8, rdi                 ; r8 = the end of what came
    lea rdi, [text]
next_line:
    cmp rsi, r8
    jae end_of_block
    call dump_line
    jmp next_line

end_of_block:
    lea rax, [text]
    sub rdi, rax
    write text, edi
    test ebx, ebx
    jz next_block               ; it was full: there may be more
    exit 0

; dump_line: one line of at most 16 bytes.
; In: rsi the bytes, r8 where they end, rdi where the line goes, ebp the offset.
; Out: rsi, rdi and ebp moved on. Clobbers rax, rcx, rdx, r9, r10.
dump_line:
    mov ecx, 8                  ; the offset: eight digits, the highest first
    mov edx, ebp
.offset:
    rol edx, 4
    mov eax, edx
    call hex_digit
    dec ecx
    jnz .offset
    mov ax, ": "                ; two characters in one store
    stosw

    lea r9, [rdi + 40]          ; where the characters go: eight times four digits and a space
    mov word [r9], "  "
    inc r9                      ; after one space more
    xor ecx, ecx                ; ecx = which byte of the line
.byte:
    cmp rsi, r8
    jae .short
    lodsb
    mov edx, eax
    mov [r9], al
    sub al, ' '                 ; printable ASCII is ' ' to '~'
    cmp al, '~' - ' '
    jbe .printable
    mov byte [r9], '.'
.printable:
    inc r9
    mov eax, edx
    shr eax, 4
    call hex_digit
    mov eax, edx
    call hex_digit
    inc ebp
.space:
    inc ecx
    test ecx, 1
    jnz .odd
    mov al, ' '                 ; a space after each pair
    stosb
.odd:
    cmp ecx, 16
    jb .byte

    mov rdi, r9
    mov al, 10
    stosb
    ret

.short:
    mov ax, "  "                ; two spaces instead of two digits
    stosw
    jmp .space

; hex_digit: the low four bits of eax as a hexadecimal digit.
; In: rdi where it goes. Out: rdi after it. Clobbers rax.
hex_digit:
    and eax, 15
    lea r10, [digits]
    mov al, [r10 + rax]
    stosb
    ret

digits:
    db "0123456789abcdef"

section .bss
block:
    resb BLOCK
text:
    resb BLOCK / 16 * LINE
