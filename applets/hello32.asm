; hello32: prints a line with one WRITE, in 32-bit protected mode.
;
; Segments are flat here: base 0, limit 4 GiB. An address is a number in a 32-bit register.
;
; /// applet
; description = "Say hello (protected mode)"
; ///

bits 32

%include "stdlib/abi.inc"

    mov esi, text
    mov ecx, text.end - text
    in eax, WRITE
    xor eax, eax
    out EXIT, al

text:
    db "Hello from protected mode", 10
.end:
