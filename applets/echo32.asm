; echo32: copies standard input to standard output, in 32-bit protected mode.
;
; One loop around two ports. READ fills the buffer with what input there is, waits only when there
; is none, and answers how many bytes came: 0 means that the input has ended. WRITE sends just as
; many on.
;
; /// applet
; description = "Copy standard input to standard output (protected mode)"
; timeout = "none"
; ///

bits 32

%include "stdlib/abi.inc"

SIZE equ 0x10000

copy:
    mov edi, buffer
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz done
    mov esi, buffer
    mov ecx, eax
    in eax, WRITE
    jmp copy

done:
    hlt                         ; ends the applet with code 0

section .bss                    ; memory that takes no place in the file
buffer:
    resb SIZE
