; hello: the shortest way to say something, in 64-bit long mode.
;
; WRITE is a port that one reads: the CPU goes to the host with the buffer's address in rsi and its
; length in ecx, and comes back with the number of bytes that were written.
;
; /// applet
; description = "Say hello (long mode)"
; ///

bits 64
default rel

%include "stdlib/abi.inc"

    lea rsi, [text]
    mov ecx, text.end - text
    in eax, WRITE
    xor eax, eax
    out EXIT, al

text:
    db "Hello from long mode", 10
.end:
