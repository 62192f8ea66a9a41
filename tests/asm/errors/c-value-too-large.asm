; Values that do not fit where they go: warnings.
        bits 16
        mov al, 300
        mov al, -200
        add byte [bx], 256
        db 300, -129
        dw 70000
        mov ax, 0x12345
        int 300
        in al, 256
        mov byte [bx], 'ab'
