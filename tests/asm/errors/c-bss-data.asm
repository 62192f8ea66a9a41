; Data in uninitialised space, and in absolute.
        section .bss
        db 1
        mov ax, bx
buf:    resb 5
        absolute 0x40
        dw 5
x:      resw 1
        nop
