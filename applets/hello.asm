; hello: prints a line with one WRITE, in 64-bit long mode.
;
; WRITE is a port that is read: `in` passes the buffer's address in rsi and its length in ecx to the
; host, and returns the number of bytes written.
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
