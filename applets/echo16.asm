; echo16: copies standard input to standard output, in 16-bit real mode.
;
; The program is one loop around two ports. READ fills the buffer with the available input, waits
; only if there is none, and returns the number of bytes: 0 means the end of input. WRITE writes as
; many bytes.
;
; /// applet
; description = "Copy standard input to standard output (real mode)"
; timeout = "none"
; ///

bits 16

%include "stdlib/abi.inc"

SIZE equ 0x4000              ; all that code and buffer share is the 64 KiB of segment 0

copy:
    mov di, buffer
    mov cx, SIZE
    in ax, READ
    test ax, ax
    jz done
    mov si, buffer
    mov cx, ax
    in ax, WRITE
    jmp copy

done:
    hlt                         ; ends the applet with code 0

section .bss                    ; memory that takes no place in the file
buffer:
    resb SIZE
