; head: prints the first lines of standard input: 10, or as many as -n says.
;
; `repne scasb` finds the newlines: one instruction scans the buffer until it finds al or ecx is 0.
; The applet writes the lines in one exit and does not read the rest of the input.
;
; /// applet
; description = "Print the first lines of standard input"
; timeout = "none"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, option_number

SIZE equ 0x10000

    mov ebp, 10                 ; ebp = how many lines are still wanted
next_option:
    call get_option
    cmp eax, -1
    je start
    cmp al, 'n'
    jne usage
    call option_number
    jc usage
    mov ebp, eax
    jmp next_option

usage:
    warn "usage: head [-n LINES]"
    exit 2

start:
    cld                         ; string instructions go upwards
next_buffer:
    test ebp, ebp
    jz done
    mov edi, buffer
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz done

    mov ecx, eax
    mov al, 10
next_line:
    repne scasb                 ; edi = past the newline, ecx = how much is left after it
    jne write_it                ; none any more: ecx was counted down to 0
    dec ebp
    jz write_it
    test ecx, ecx
    jnz next_line
write_it:
    sub edi, buffer
    write buffer, edi
    jmp next_buffer

done:
    exit 0

%include "stdlib/option.inc"

section .bss
buffer:
    resb SIZE
