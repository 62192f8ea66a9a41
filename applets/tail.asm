; tail: prints the last lines of standard input: 10, or as many as -n says; -n +5 prints all from
; the fifth line on.
;
; The applet collects the input in memory. At the end of input, a pointer moves back from the end
; until it has passed enough newlines. Input of any length is processed in a buffer of fixed size:
; when the buffer is full, everything but the last lines is dropped. Only these lines have to fit,
; into 64 MiB.
;
; /// applet
; description = "Print the last lines of standard input"
; memory = "80M"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, option_text, operand_number

INPUT equ 8 << 20               ; RAM that the applet itself does not fill
LIMIT equ (64 << 20) + 1        ; the last byte shows that it is too long
PIECE equ 1 << 20               ; the most that is read at once

    mov r12d, 10                ; r12 = how many lines
next_option:
    call get_option
    cmp rax, -1
    je start
    cmp al, 'n'
    jne usage
    call option_text
    jc usage
    mov rdi, rax
    mov byte [from_start], 0
    cmp byte [rdi], '+'
    jne number
    inc rdi
    mov byte [from_start], 1
number:
    call operand_number
    jc usage
    mov r12, rax
    jmp next_option

usage:
    warn "usage: tail [-n [+]LINES]"
    exit 2

start:
    cmp byte [from_start], 0
    jne skip_lines
    mov ebp, INPUT              ; rbp = the end of what is there
read_all:
    mov ebx, INPUT + LIMIT
    sub ebx, ebp                ; rbx = how much room there is
    jz make_room
    mov ecx, PIECE
    cmp ecx, ebx
    cmova ecx, ebx
    mov edi, ebp
    in eax, READ
    add ebp, eax
    test eax, eax
    jnz read_all

    call find_last
    mov ecx, ebp
    sub ecx, esi
    in eax, WRITE
    exit 0

make_room:
    call find_last
    cmp esi, INPUT
    je too_long
    mov edi, INPUT
    mov ecx, ebp
    sub ecx, esi
    rep movsb
    mov ebp, edi
    jmp read_all

too_long:
    warn "the last lines are longer than 64 MiB"
    exit 1

; find_last: the start of the last r12 lines in the buffer.
; In: rbp the end. Out: rsi. Clobbers rax.
find_last:
    mov esi, ebp
    mov rax, r12
    test rax, rax
    jz .end
    cmp esi, INPUT
    je .end
    dec esi                     ; the newline that ends the last line does not count
.back:
    cmp esi, INPUT
    je .end
    cmp byte [rsi - 1], 10
    jne .next
    dec rax
    jz .end
.next:
    dec esi
    jmp .back
.end:
    ret

; -n +N: counts the newlines before the line, and copies the rest.
skip_lines:
    test r12, r12
    jz next_piece
    dec r12                     ; so many newlines come before it
next_piece:
    mov edi, INPUT
    mov ecx, PIECE
    in eax, READ
    test eax, eax
    jz done
    mov ecx, eax                ; rcx = how much is there, rsi where
    mov esi, edi
next_newline:
    test r12, r12
    jz copy
    mov rdi, rsi
    mov al, 10
    repne scasb
    mov rsi, rdi
    jne next_piece              ; none any more
    dec r12
    test ecx, ecx
    jnz next_newline
    jmp next_piece
copy:
    in eax, WRITE
    jmp next_piece
done:
    exit 0

%include "stdlib/option.inc"

section .bss
from_start:
    resb 1
