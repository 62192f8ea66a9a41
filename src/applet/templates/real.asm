; NAME: greets. From the folder that holds applets/, run it with `applet run applets/NAME.asm`.

; /// applet
; description = "Greet from real mode"
; ///

%include "stdlib/abi.inc"

        bits 16                 ; 16-bit code: the applet starts in real mode
        org 0x7C00              ; where it is loaded, so that labels are addresses

start:  mov si, greeting        ; what to write: ds:si, and ds is 0
        mov cx, greeting.length ; how many bytes
        in ax, WRITE            ; write them all at once; ax is how many were written
        mov al, 0
        out EXIT, al            ; end with exit code 0

greeting:
        db "Hello from NAME!", 10
.length equ $ - greeting
