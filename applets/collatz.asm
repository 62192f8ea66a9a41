; collatz: follows a number to 1 by Collatz' rule, and prints the sequence.
;
; An even number is halved; an odd one is tripled, plus 1. Whether every number reaches 1 is not
; known; every number below 2^68 does. If the next number does not fit into 32 bits, the applet
; prints a message and exits with 1. The argument is the first number; the default is 27.
;
; /// applet
; description = "Follow the Collatz sequence from N to 1"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number, format_dec

    mov eax, 27
    call optional_number
    jc usage
    test eax, eax
    jz usage

    mov edi, text
    xor ebp, ebp                ; ebp = how many steps
    mov [highest], eax
next_step:
    mov [number], eax
    call format_dec
    mov byte [edi], ' '
    inc edi

    mov eax, [number]
    cmp eax, 1
    je done
    inc ebp
    shr eax, 1                  ; CF = the bit that falls out: 1 for an odd number
    jnc next_step
    mov eax, 3
    mul dword [number]          ; edx:eax
    add eax, 1
    adc edx, 0
    jnz too_large               ; edx holds what 32 bits do not
    cmp eax, [highest]
    jbe next_step
    mov [highest], eax
    jmp next_step

too_large:
    mov byte [edi - 1], 10      ; the newline takes the place of the last space
    sub edi, text
    write text, edi
    warn "the next number does not fit into 32 bits"
    exit 1

done:
    mov byte [edi - 1], 10
    mov eax, ebp
    call format_dec
    mov eax, " ste"             ; four characters in one store
    stosd
    mov eax, "ps, "
    stosd
    mov eax, "high"
    stosd
    mov eax, "est "
    stosd
    mov eax, [highest]
    call format_dec
    mov byte [edi], 10
    inc edi
    sub edi, text
    write text, edi
    exit 0

usage:
    warn "usage: collatz [START], at least 1"
    exit 2

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

section .bss
number:
    resd 1
highest:
    resd 1
text:
    resb 0x10000                ; 11 bytes a step; no 32-bit start that ends takes 1000
