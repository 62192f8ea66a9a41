; Floating-point numbers where they cannot be.
        bits 32
        db 1.5e
        dw 1e99
        dd 1e999
        mov eax, 1.5
        add eax, 2.0
        dq 1.0+2.0
        dt 5
        dd __?float32?__(abc)
        dd __?float32?__
