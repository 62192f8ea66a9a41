; SSE to SSE4.2: arithmetic, compares with their pseudo-ops, conversions, moves, inserts.
        bits 64
%macro each 1-*
  %rep %0
        %1 xmm1, xmm2
        %1 xmm9, [rbx]
        %1 xmm3, xmm12
    %rotate 1
  %endrep
%endmacro
        each addps, addpd, addss, addsd, subps, mulpd, divss, sqrtsd, minps, maxpd, rcpps, rsqrtss
        each andps, andnps, orpd, xorps, unpckhps, unpcklpd, ucomiss, comisd
        each haddps, hsubpd, addsubps, movddup, movshdup, movsldup
        each paddb, paddq, pmuludq, pshufb, phaddd, psignw, pabsb, pmaddubsw
        each pmulld, pmaxsb, pminud, pcmpeqq, pcmpgtq, packusdw, ptest, pmovsxbw, pmovzxdq, phminposuw
        each cvtps2pd, cvtpd2ps, cvtdq2ps, cvtps2dq, cvttps2dq, cvtdq2pd, cvtpd2dq, cvtss2sd, cvtsd2ss
        each movaps, movups, movapd, movdqa, movdqu, movss, movsd
        each cmpeqps, cmpltpd, cmpless, cmpunordsd, cmpneqps, cmpnltpd, cmpnless, cmpordsd
        each punpcklqdq, psadbw, pavgb, pmulhuw
        cmpps xmm0, xmm1, 3
        cmpsd xmm0, [rax], 2
        cmpss xmm0, xmm1, 1
        movaps [rax], xmm1
        movss [rax], xmm8
        movsd [rax], xmm8
        movsd xmm0, qword [rax]
        movss xmm0, dword [rax]
        movsd
        cmpsd
        movlps xmm0, [rax]
        movlps [rax], xmm0
        movhpd xmm0, [rax]
        movhlps xmm0, xmm1
        movlhps xmm0, xmm1
        movmskps eax, xmm0
        movmskpd r8d, xmm9
        movd xmm0, eax
        movd xmm0, [rax]
        movd eax, xmm0
        movq xmm0, rax
        movq rax, xmm0
        movq xmm0, xmm1
        movq xmm0, [rax]
        movq [rax], xmm9
        cvtsi2ss xmm0, eax
        cvtsi2ss xmm0, rax
        cvtsi2sd xmm0, dword [rax]
        cvtsi2sd xmm0, qword [rax]
        cvtss2si eax, xmm0
        cvtss2si rax, xmm0
        cvttsd2si r8, [rax]
        cvttsd2si eax, xmm9
        shufps xmm0, xmm1, 0x4e
        shufpd xmm0, [rax], 1
        pshufd xmm0, xmm1, 0x1b
        pshuflw xmm0, [rax], 1
        pshufhw xmm0, xmm9, 1
        psrldq xmm0, 4
        pslldq xmm9, 8
        psllw xmm0, 3
        psrad xmm9, xmm1
        pextrw eax, xmm0, 3
        pextrw [rax], xmm0, 3
        pextrb eax, xmm0, 5
        pextrb [rax], xmm0, 5
        pextrd eax, xmm0, 1
        pextrq rax, xmm0, 1
        pinsrb xmm0, eax, 1
        pinsrb xmm0, [rax], 1
        pinsrw xmm0, eax, 1
        pinsrd xmm0, [rax], 1
        pinsrq xmm0, rax, 1
        extractps eax, xmm0, 1
        extractps [rax], xmm0, 1
        insertps xmm0, xmm1, 0x10
        blendps xmm0, xmm1, 5
        blendvps xmm0, xmm1
        blendvps xmm0, xmm1, xmm0
        pblendvb xmm0, [rax], xmm0
        pblendvb xmm0, [rax]
        pblendw xmm0, xmm1, 3
        dpps xmm0, xmm1, 0xff
        dppd xmm0, [rax], 0x31
        mpsadbw xmm0, xmm1, 1
        roundps xmm0, xmm1, 1
        roundsd xmm0, [rax], 3
        palignr xmm0, xmm1, 5
        pcmpestri xmm0, xmm1, 0x0c
        pcmpestrm xmm0, [rax], 0x0c
        pcmpistri xmm0, [rax], 1
        pcmpistrm xmm0, xmm1, 1
        movnti [rax], eax
        movntps [rax], xmm0
        movntdq [rax], xmm0
        movntdqa xmm0, [rax]
        maskmovdqu xmm0, xmm1
        lddqu xmm0, [rax]
        ldmxcsr [rax]
        stmxcsr [rax]
        pmovmskb eax, xmm9
        aesenc xmm0, xmm1
        aesenclast xmm0, [rax]
        aesdec xmm9, xmm10
        aesdeclast xmm0, [rax]
        aesimc xmm0, xmm1
        aeskeygenassist xmm0, xmm1, 1
        pclmulqdq xmm0, xmm1, 0x11
        pclmullqlqdq xmm0, xmm1
        pclmulhqhqdq xmm0, [rax]
        sha1rnds4 xmm0, xmm1, 2
        sha1nexte xmm0, xmm1
        sha1msg1 xmm0, [rax]
        sha1msg2 xmm0, xmm1
        sha256rnds2 xmm0, xmm1
        sha256rnds2 xmm0, xmm1, xmm0
        sha256msg1 xmm0, xmm1
        sha256msg2 xmm0, [rax]
        gf2p8mulb xmm0, xmm1
        gf2p8affineqb xmm0, xmm1, 5
        extrq xmm0, 1, 2
        insertq xmm0, xmm1
        movntsd [rax], xmm0
