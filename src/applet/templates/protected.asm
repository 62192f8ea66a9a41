; NAME: greets. From the folder that holds applets/, run it with `applet run applets/NAME.asm`.

; /// applet
; description = "Greet from protected mode"
; ///

%include "stdlib/abi.inc"

        bits 32                 ; 32-bit code: the applet starts in protected mode
        org 0x100000            ; where it is loaded, so that labels are addresses

start:  mov esi, greeting       ; what to write
        mov ecx, greeting.length ; how many bytes
        in eax, WRITE           ; write them all at once; eax is how many were written
        mov al, 0
        out EXIT, al            ; end with exit code 0

greeting:
        db "Hello from NAME!", 10
.length equ $ - greeting
