; Operands that NASM takes although the manuals do not list them.
        bits 64
        vpextrd rax, xmm1, 1
        vpextrd eax, xmm1, 1
        vpextrd [rax], xmm1, 1
        vpextrb rax, xmm1, 1
        pinsrw xmm1, si, 0
        pinsrw xmm1, esi, 0
        pinsrw mm1, si, 0
        pinsrw xmm1, [rsi], 0
        pinsrb xmm1, sil, 0
        pinsrb xmm1, bl, 0
        pinsrb xmm1, esi, 0
        vpinsrw xmm1, xmm2, si, 0
        vpinsrb xmm1, xmm2, sil, 0
        vpinsrb xmm1, xmm2, bl, 0
        rdpid ecx
        rdpid rcx
        mov es, qword [rsi]
        mov qword [rsi], es
        mov es, word [rsi]
        mov es, [rsi]
        mov [rsi], es
        kmovb k0, al
        kmovb k0, eax
        kmovw k1, ax
        kmovw k1, eax
        bndstx [rax+3,rbx], bnd0
        bndstx [rax+3], bnd0, rbx
        bndstx [rax], bnd2, rbx*1
        bndldx bnd0, [rax+3], rbx
        bndldx bnd0, [rax+3], rbx*1
        ldtilecfg zword [rax]
        ldtilecfg [rax]
        ldtilecfg zword [rel $+0x1F0E]
        sttilecfg zword [rax]
        bits 32
        pinsrw xmm1, si, 0
        bndstx [eax+3], bnd0, ebx
        rdpid ecx
