; MMX and 3DNow!: moves, arithmetic, shifts, packs, in registers and memory.
        bits 32
%macro both 1-*
  %rep %0
        %1 mm1, mm2
        %1 mm3, [ebx]
        %1 mm4, qword [ebx+8]
    %rotate 1
  %endrep
%endmacro
        both packssdw, packsswb, packuswb, paddb, paddd, paddsb, paddsw, paddusb, paddusw, paddw
        both pand, pandn, pcmpeqb, pcmpeqd, pcmpeqw, pcmpgtb, pcmpgtd, pcmpgtw, pmaddwd, pmulhw
        both pmullw, por, psubb, psubd, psubsb, psubsw, psubusb, psubusw, psubw, punpckhbw
        both punpckhdq, punpckhwd, pxor, pavgb, pavgw, pmaxsw, pmaxub, pminsw, pminub
        both pmulhuw, psadbw, pshufb, phaddw, psignb, pabsw, pmaddubsw, pmulhrsw, paddq
        both pslld, psllq, psllw, psrad, psraw, psrld, psrlq, psrlw
        both pfadd, pfmul, pfsub, pfmax, pfmin, pi2fd, pf2id, pfrcp, pfrsqrt, pavgusb, pmulhrwa
        punpcklbw mm0, mm1
        punpcklbw mm0, [ebx]
        punpcklwd mm0, [ebx]
        punpckldq mm0, mm7
        movd mm0, eax
        movd eax, mm0
        movd mm0, [ebx]
        movd [ebx], mm7
        movq mm0, mm1
        movq mm0, [ebx]
        movq [ebx], mm0
        psllw mm0, 5
        psraw mm0, 5
        psrlq mm0, 60
        pslld mm7, 1
        pshufw mm0, mm1, 0x1b
        pshufw mm0, [ebx], 0x1b
        pextrw eax, mm0, 3
        pinsrw mm0, eax, 2
        pinsrw mm0, [ebx], 2
        palignr mm0, mm1, 3
        pmovmskb eax, mm3
        maskmovq mm0, mm1
        movntq [eax], mm0
        emms
        psubq mm0, mm1
        pmuludq mm0, [ebx]
        femms
        cvtpi2ps xmm0, mm1
        cvtps2pi mm0, xmm1
        cvttpd2pi mm0, [eax]
        movq2dq xmm0, mm1
        movdq2q mm0, xmm1
        bits 64
        movq mm0, rax
        movq rax, mm0
        movd mm0, r8d
        movq mm0, [r8]
        pinsrw mm1, r9d, 1
        prefetch [rax]
