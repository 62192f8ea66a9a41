; rot13: moves each letter 13 places on in the alphabet; applied twice, it gives the original text.
;
; A preprocessor loop makes a table of 256 bytes when the applet is assembled. At run time each byte
; is one table lookup.
;
; /// applet
; description = "Move each letter 13 places on"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/abi.inc"

SIZE equ 1 << 16

    lea rbx, [table]
next_buffer:
    lea rdi, [buffer]
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz done
    mov ecx, eax                ; for WRITE
    lea rsi, [buffer]
    lea rdi, [rsi + rcx]        ; the end of what came
next_byte:
    movzx eax, byte [rsi]
    mov al, [rbx + rax]
    mov [rsi], al
    inc rsi
    cmp rsi, rdi
    jb next_byte
    sub rsi, rcx                ; back to the start
    in eax, WRITE
    jmp next_buffer

done:
    hlt

; rotated BASE: 26 bytes, the letters from BASE on, 13 places on.
%macro rotated 1
    %assign place 0
    %rep 26
        db %1 + (place + 13) % 26
        %assign place place + 1
    %endrep
%endmacro

; same FIRST, PAST: the bytes from FIRST to before PAST, unchanged.
%macro same 2
    %assign value %1
    %rep (%2) - (%1)
        db value
        %assign value value + 1
    %endrep
%endmacro

table:
    same 0, 'A'
    rotated 'A'
    same 'Z' + 1, 'a'
    rotated 'a'
    same 'z' + 1, 256

section .bss
buffer:
    resb SIZE
