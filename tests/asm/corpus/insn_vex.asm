; VEX: AVX, AVX2, FMA, BMI, F16C; two-operand short forms, registers that need the long prefix.
        bits 64
        vaddps xmm0, xmm1, xmm2
        vaddps xmm0, xmm1
        vaddps ymm0, ymm1, [rax]
        vaddps ymm8, ymm9, ymm10
        vaddsd xmm0, xmm1, [rax]
        vaddsd xmm0, [rax]
        vsubpd xmm0, xmm1, oword [rax]
        vxorps ymm0, ymm0
        vmovaps xmm0, xmm8
        vmovaps xmm8, xmm0
        vmovaps [rax], ymm0
        vmovups ymm0, [rax]
        vmovss xmm0, xmm1, xmm2
        vmovss xmm0, [rax]
        vmovsd [rax], xmm0
        vmovd xmm0, eax
        vmovq xmm0, rax
        vmovq rax, xmm0
        vmovq xmm0, [rax]
        vmovq xmm1, xmm2
        vmovdqa ymm0, [rax]
        vmovlps xmm0, xmm1, [rax]
        vmovhlps xmm0, xmm1, xmm2
        vmovddup ymm0, ymm1
        vcmpps xmm0, xmm1, xmm2, 5
        vcmpeqps xmm0, xmm1, xmm2
        vcmpeq_osps xmm0, xmm1, xmm2
        vcmpltsd xmm0, xmm1, [rax]
        vcmptrue_uspd ymm0, ymm1, [rax]
        vcmpnge_uqps ymm0, ymm1, ymm2
        vblendvps xmm0, xmm1, xmm2, xmm3
        vpblendvb ymm0, ymm1, [rax], ymm3
        vbroadcastss ymm0, [rax]
        vbroadcastss xmm0, xmm1
        vbroadcastsd ymm0, xmm1
        vbroadcastf128 ymm0, [rax]
        vinsertf128 ymm0, ymm1, xmm2, 1
        vextractf128 [rax], ymm0, 1
        vperm2f128 ymm0, ymm1, ymm2, 0x20
        vpermilps xmm0, xmm1, 5
        vpermilpd ymm0, ymm1, ymm2
        vpermq ymm0, ymm1, 0xd8
        vpermd ymm0, ymm1, [rax]
        vpaddb ymm0, ymm1, ymm2
        vpaddd ymm0, ymm1
        vpand xmm0, xmm1, [rax]
        vpshufb ymm0, ymm1, ymm2
        vpshufd ymm0, [rax], 1
        vpsllw xmm0, xmm1, 5
        vpsllw ymm0, 5
        vpsllvd ymm0, ymm1, ymm2
        vpsrldq ymm0, ymm1, 3
        vpalignr ymm0, ymm1, ymm2, 3
        vpmovmskb eax, ymm0
        vpmovsxbw ymm0, xmm1
        vpmovzxbd ymm0, [rax]
        vpextrw eax, xmm0, 1
        vpextrq rax, xmm0, 1
        vpinsrb xmm0, xmm1, eax, 1
        vpinsrd xmm0, xmm1, [rax], 2
        vpgatherdd ymm0, [rax+ymm1*4], ymm2
        vgatherqpd xmm0, [rax+xmm1], xmm2
        vpmaskmovd [rax], ymm0, ymm1
        vmaskmovps ymm0, ymm1, [rax]
        vtestps ymm0, ymm1
        vptest xmm0, [rax]
        vcvtsi2sd xmm0, xmm1, eax
        vcvtsi2sd xmm0, xmm1, rax
        vcvtsi2ss xmm0, xmm1, qword [rax]
        vcvttsd2si rax, xmm0
        vcvtpd2ps xmm0, ymm1
        vcvtpd2ps xmm0, oword [rax]
        vcvtpd2ps xmm0, yword [rax]
        vcvtph2ps ymm0, xmm1
        vcvtps2ph [rax], ymm0, 4
        vroundps ymm0, ymm1, 1
        vdpps xmm0, xmm1, xmm2, 1
        vfmadd132ps xmm0, xmm1, xmm2
        vfmadd213sd xmm0, xmm1, [rax]
        vfnmsub231pd ymm0, ymm1, [rax]
        vfmaddsub213ps ymm8, ymm9, ymm10
        vfmaddps xmm0, xmm1, xmm2, xmm3
        vaesenc xmm0, xmm1, xmm2
        vpclmulqdq xmm0, xmm1, [rax], 1
        vzeroall
        vzeroupper
        vldmxcsr [rax]
        andn eax, ebx, ecx
        andn rax, rbx, [rcx]
        bextr eax, [rbx], ecx
        blsi rax, rbx
        blsmsk eax, [rax]
        blsr r8, r9
        bzhi eax, ebx, ecx
        mulx rax, rbx, rcx
        pdep eax, ebx, [rcx]
        pext r8, r9, r10
        rorx rax, rbx, 5
        sarx eax, [rbx], ecx
        shlx r8, r9, r10
        shrx eax, ebx, ecx
        tzmsk eax, ebx
        blcfill rax, rbx
        bextr eax, ebx, 5
        vpcmov xmm0, xmm1, xmm2, xmm3
        vprotb xmm0, xmm1, 3
        vphaddbw xmm0, xmm1
        {vex3} vaddps xmm0, xmm1, xmm2
        {vex2} vaddps xmm0, xmm1, xmm2
        {evex} vaddps xmm0, xmm1, xmm2
        bits 32
        vaddps ymm0, ymm1, [eax]
        vmovd xmm0, [ebx]
        andn eax, ebx, ecx
        vpermq ymm0, [eax], 1
        bits 16
        vaddps xmm0, xmm1, [bx]
        vpaddb ymm0, ymm1, [eax]
