; Values: too large, divided by zero, not plain, not known.
        db 300, -300, 256, -256
        dw 65536
        dd 1 << 33
        mov al, 300
        add cx, 70000
        db 1 / 0, 5 % 0
        db late / (late - late)
        dw start & 0xff, start * 2, start + start
        dw seg start
        dw start wrt start
start:
        mov al, [ax + bx + cx]
        mov ax, [bx * -1]
        mov ax, ax + 1
        db 1.5 + 1
        mov eax, 1.5
        db (1 + 2
        db 1 + 2)
        db 1 ? 2
        db 1 +
        mov ax, [bx
        dt 5
        db
        org late
        absolute late
        align late
        align 3
        times -1 nop
        times 5 - ($ - $$) db 0
        db 2 dup
        resb -1
late:
        dw 1e400
        db __ilog2e__(7)
