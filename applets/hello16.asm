; hello16: prints a line with one WRITE, in 16-bit real mode.
;
; DS is 0, so the offset in si is the address itself. `hlt` would also end the applet with code 0.
;
; /// applet
; description = "Say hello (real mode)"
; ///

bits 16

%include "stdlib/abi.inc"

    mov si, text
    mov cx, text.end - text
    in ax, WRITE
    xor ax, ax
    out EXIT, al

text:
    db "Hello from real mode", 10
.end:
