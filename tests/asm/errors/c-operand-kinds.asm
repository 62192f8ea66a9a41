; Operands of kinds that the mnemonic does not take.
        bits 32
        mov 5, eax
        mov [eax], [ebx]
        lea eax, ebx
        pop 5
        inc 5
        mov cs, 5
        shl eax, ebx
        mov xmm0, eax
        in bl, 5
        out 5, bl
        jmp al
        lgdt eax
        movaps xmm0, mm1
        add xmm0, xmm1
        mov eax, cr9
        xchg eax, 5
        mul 5
        movzx eax, 5
        shld eax, ebx, edx
        mov ds, 5
