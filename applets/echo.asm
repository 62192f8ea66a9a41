; echo: copies standard input to standard output, in 64-bit long mode.
;
; The program is one loop around two ports. READ fills the buffer with the available input, waits
; only if there is none, and returns the number of bytes: 0 means the end of input. WRITE writes as
; many bytes.
;
; /// applet
; description = "Copy standard input to standard output (long mode)"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/abi.inc"

SIZE equ 0x10000

copy:
    lea rdi, [buffer]
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz done
    lea rsi, [buffer]
    mov ecx, eax
    in eax, WRITE
    jmp copy

done:
    hlt                         ; ends the applet with code 0

section .bss                    ; memory that takes no place in the file
buffer:
    resb SIZE
