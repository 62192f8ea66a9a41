; 16-bit addresses that do not exist.
        bits 16
        mov ax, [ax]
        mov ax, [cx+si]
        mov ax, [bx+bp]
        mov ax, [si+di]
        mov ax, [sp]
        mov ax, [bx*2]
        mov ax, [bx+eax]
        mov ax, [dx+5]
        mov ax, [bl]
