; NAME: greets. From the folder that holds applets/, run it with `applet run applets/NAME.asm`.

; /// applet
; description = "Greet from long mode"
; ///

%include "stdlib/abi.inc"

        bits 64                 ; 64-bit code: the applet starts in long mode, at ring 3
        default rel             ; addresses relative to rip, so it runs wherever it is loaded

start:  lea rsi, [greeting]     ; what to write
        mov ecx, greeting.length ; how many bytes
        in eax, WRITE           ; write them all at once; eax is how many were written
        mov al, 0
        out EXIT, al            ; end with exit code 0

greeting:
        db "Hello from NAME!", 10
.length equ $ - greeting
