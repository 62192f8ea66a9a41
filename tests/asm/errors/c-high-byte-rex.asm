; ah, bh, ch, dh with registers that need a REX prefix.
        bits 64
        mov ah, r8b
        mov sil, ch
        mov [r8], ah
        movzx r8, bh
        movzx rax, dh
        add spl, ah
