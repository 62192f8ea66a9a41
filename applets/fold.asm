; fold: breaks lines that are longer than 80 columns, or than -w says, as fold(1) does.
;
; The applet collects a line until it has the full width. With -s it breaks the line after its last
; space, if there is one, and the rest begins the next line; otherwise it breaks the line at the
; width. A tab advances to the next multiple of 8 columns, a backspace goes back one column, and a
; carriage return goes to the first. -b counts bytes instead of columns. The width is at most 65536
; columns, and a line with backspaces has at most 1 MiB.
;
; /// applet
; description = "Break lines at a width"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, option_number, get_char, put_char, put_bytes, flush

WIDEST equ 65536
SIZE   equ 1 << 20

    mov r12d, 80                ; r12 = the width
    xor r13d, r13d              ; r13 = the column
    xor ebx, ebx                ; rbx = how many bytes of the line are waiting
next_option:
    call get_option
    cmp rax, -1
    je next_character
    cmp al, 'b'
    je by_bytes
    cmp al, 's'
    je at_spaces
    cmp al, 'w'
    jne usage
    call option_number
    jc usage
    dec rax
    cmp rax, WIDEST
    jae usage
    lea r12d, [rax + 1]
    jmp next_option
by_bytes:
    mov byte [counts_bytes], 1
    jmp next_option
at_spaces:
    mov byte [breaks_at_spaces], 1
    jmp next_option

usage:
    warn "usage: fold [-b] [-s] [-w COLUMNS], from 1 to 65536"
    exit 2

too_long:
    call flush
    warn "a line is longer than 1 MiB"
    exit 1

next_character:
    call get_char
    cmp rax, -1
    je end_of_input
    mov ebp, eax                ; rbp = the character
    cmp al, 10
    jne again
    call store
    call put_line_so_far
    xor r13d, r13d
    jmp next_character
again:
    mov eax, ebp
    mov edx, r13d
    call advance                ; edx = the column after it
    cmp edx, r12d
    ja too_wide
moved:
    mov r13d, edx
    call store
    jmp next_character

too_wide:
    test ebx, ebx               ; a tab may be wider than a line: it has one to itself
    jz moved
    cmp byte [breaks_at_spaces], 0
    je break_here
    lea rsi, [line]
    mov ecx, ebx                ; rcx = the length up to the last space
find_space:
    mov al, [rsi + rcx - 1]
    cmp al, ' '
    je break_at_space
    cmp al, 9
    je break_at_space
    dec ecx
    jnz find_space
break_here:
    call put_line_so_far
    mov edi, 10
    call put_char
    xor r13d, r13d
    jmp again

break_at_space:
    mov r14d, ecx
    lea rdi, [line]
    mov esi, ecx
    call put_bytes
    mov edi, 10
    call put_char
    sub ebx, r14d               ; the text after the space moves to the front,
    lea rdi, [line]
    lea rsi, [rdi + r14]
    mov ecx, ebx
    rep movsb
    xor edx, edx                ; and its columns are counted anew
    lea rsi, [line]
    mov ecx, ebx
recount:
    jecxz recounted
    movzx eax, byte [rsi]
    inc rsi
    call advance
    dec ecx
    jmp recount
recounted:
    mov r13d, edx
    jmp again

end_of_input:
    call put_line_so_far
    call flush
    exit 0

; advance: the column after a character. In: eax the character, edx the column. Out: edx.
advance:
    cmp byte [counts_bytes], 0
    jne .one
    cmp al, 9
    je .tab
    cmp al, 8
    je .backspace
    cmp al, 13
    je .return
.one:
    inc edx
    ret
.tab:
    or edx, 7
    inc edx
    ret
.backspace:
    sub edx, 1
    adc edx, 0                  ; column 0 stays
    ret
.return:
    xor edx, edx
    ret

; store: appends the character rbp to the line. Clobbers rdi.
store:
    cmp ebx, SIZE
    jae too_long
    lea rdi, [line]
    mov [rdi + rbx], bpl
    inc ebx
    ret

; put_line_so_far: writes the collected part of the line. Out: rbx = 0.
put_line_so_far:
    lea rdi, [line]
    mov esi, ebx
    xor ebx, ebx
    jmp put_bytes

%define STREAM_SIZE 0x10000
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
counts_bytes:
    resb 1
breaks_at_spaces:
    resb 1
line:
    resb SIZE
