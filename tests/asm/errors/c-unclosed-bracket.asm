; Brackets and parentheses without their partners.
        bits 32
        mov eax, [ebx
        mov eax, ebx]
        db (1+2
        db 1+2)
        mov eax, [ebx+(ecx*2]
        vaddps zmm0{k1, zmm1, zmm2
        [section .data
