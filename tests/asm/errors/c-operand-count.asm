; Wrong numbers of operands.
        bits 32
        mov eax
        mov
        add eax, ebx, ecx
        ret 1, 2
        nop 5, 6
        inc
        push eax, ebx
        vaddps xmm0
        lea eax
        int
