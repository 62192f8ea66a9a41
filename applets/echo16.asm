; echo16: copies standard input to standard output, in 16-bit real mode.
;
; One loop around two ports. READ fills the buffer with what input there is, waits only when there
; is none, and answers how many bytes came: 0 means that the input has ended. WRITE sends just as
; many on.
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
