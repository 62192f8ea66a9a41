; EVEX: masks, zeroing, broadcasts, rounding, scaled displacements, high registers, mask moves.
        bits 64
        vaddps zmm0, zmm1, zmm2
        vaddps zmm16, zmm17, zmm31
        vaddps xmm16, xmm1, xmm2
        vaddps zmm0{k1}, zmm1, zmm2
        vaddps zmm0{k7}{z}, zmm1, zmm2
        vaddps zmm0 {k1} {z}, zmm1, zmm2, {ru-sae}
        vaddps zmm0, zmm1, zmm2, {rd-sae}
        vaddps zmm0, zmm1, [rax]{1to16}
        vaddpd zmm0, zmm1, [rax]{1to8}
        vaddps xmm0{k2}, xmm1, [rax]{1to4}
        vaddps ymm0{k2}{z}, ymm1, [rax+4]{1to8}
        vaddps zmm0, zmm1, [rax+64]
        vaddps zmm0, zmm1, [rax+63]
        vaddps zmm0, zmm1, [rax+64*127]
        vaddps zmm0, zmm1, [rax+64*128]
        vaddps zmm0, zmm1, [rax-64*128]
        vaddps zmm0, zmm1, [rax+4]{1to16}
        vaddps zmm0, zmm1, [rax+512]{1to16}
        vaddss xmm16, xmm1, [rax+4]
        vaddss xmm0{k1}, xmm1, xmm2, {rn-sae}
        vaddsd xmm16, xmm1, [rax+1016]
        vmovups zmm0{k1}{z}, [rax+128]
        vmovups [rax+128]{k1}, zmm0
        vmovdqu8 zmm0{k1}, [rax]
        vmovdqu16 ymm0, [rax+32]
        vmovdqa32 zmm0, zmm1
        vmovdqa64 [rax]{k3}, xmm7
        vmovss xmm16, [rax+8]
        vmovss xmm0{k1}{z}, xmm1, xmm2
        vmovsd [rax]{k1}, xmm16
        vmovq xmm16, rax
        vmovd r8d, xmm31
        vcmpps k1, zmm0, zmm1, 4
        vcmpps k1{k2}, zmm0, zmm1, {sae}, 4
        vcmpeqps k1{k2}, zmm0, [rax]{1to16}
        vcmpneq_oqpd k5, ymm16, ymm17
        vpcmpeqd k1, zmm0, zmm1
        vpcmpub k1{k2}, xmm0, xmm1, 2
        vpcmpltd k2, zmm1, [rax]{1to16}
        vpcmpnleuw k2, ymm1, [rax]
        vptestmd k1, zmm0, zmm1
        vptestnmq k1{k4}, ymm0, [rax]{1to4}
        vpternlogq zmm0{k1}{z}, zmm1, [rax]{1to8}, 0xca
        vpermt2ps zmm0, zmm1, zmm2
        vpermi2d zmm0{k1}, zmm1, [rax]
        vpermw zmm0, zmm1, zmm2
        vpermb xmm0, xmm1, xmm2
        vpcompressd [rax]{k1}, zmm0
        vpexpandq zmm0{k1}{z}, [rax+8]
        vblendmps zmm0{k1}, zmm1, zmm2
        vpblendmb ymm0{k1}{z}, ymm1, ymm2
        valignd zmm0, zmm1, zmm2, 3
        valignq ymm0{k1}, ymm1, [rax]{1to4}, 1
        vshuff32x4 zmm0, zmm1, zmm2, 0x4e
        vinserti64x4 zmm0, zmm1, [rax], 1
        vextracti32x4 [rax]{k1}, zmm0, 3
        vextractf64x2 xmm0{k1}{z}, zmm1, 1
        vbroadcasti32x4 zmm0, [rax+16]
        vbroadcastf64x2 ymm0{k1}, [rax]
        vpbroadcastd zmm0{k1}, eax
        vpbroadcastq zmm0, rax
        vpbroadcastw ymm0, [rax+2]
        vpbroadcastmb2q zmm0, k1
        vgatherdps zmm0{k1}, [rax+zmm1*4]
        vgatherqpd ymm0{k1}, [rax+ymm16*8+8]
        vscatterqps [rax+zmm1*2+4]{k2}, ymm0
        vpscatterdd [rax+xmm20]{k2}, xmm0
        vgatherpf0dps [rax+zmm1]{k1}
        vcvtps2ph [rax]{k1}, zmm0, 1
        vcvtph2ps zmm0, ymm1, {sae}
        vcvtpd2ps ymm0, zmm1, {rz-sae}
        vcvtpd2ps xmm0, [rax]{1to4}
        vcvtps2udq zmm0, zmm1, {rn-sae}
        vcvttpd2qq zmm0, zmm1, {sae}
        vcvtusi2sd xmm0, xmm1, rax
        vcvtusi2ss xmm0, xmm1, {rn-sae}, eax
        vcvtsi2ss xmm0, xmm1, {rz-sae}, rax
        vcvttss2usi rax, xmm0, {sae}
        vcvtsd2usi eax, [rax]
        vpmovdb [rax]{k1}, zmm0
        vpmovusqw xmm0{k1}{z}, zmm1
        vpmovm2b zmm0, k1
        vpmovd2m k1, zmm0
        vgetexpps zmm0, zmm1, {sae}
        vgetmantpd zmm0{k1}, [rax]{1to8}, 3
        vrndscaleps zmm0, zmm1, {sae}, 3
        vreduceps zmm0, zmm1, 3
        vrangepd zmm0, zmm1, zmm2, {sae}, 5
        vfixupimmps zmm0{k1}{z}, zmm1, [rax]{1to16}, 5
        vfpclassps k1{k2}, zmm0, 5
        vfpclasspd k1, [rax]{1to8}, 5
        vfpclassss k1, [rax], 5
        vscalefps zmm0, zmm1, zmm2, {rn-sae}
        vrcp14ps zmm0, [rax]{1to16}
        vrsqrt14sd xmm0, xmm1, xmm2
        vprold zmm0, zmm1, 5
        vprolvq zmm0{k1}, zmm1, zmm2
        vpsraq zmm0, zmm1, 5
        vpsraq zmm0, zmm1, [rax]
        vpsllvw zmm0, zmm1, zmm2
        vpshrdvd zmm0{k1}, zmm1, [rax]{1to16}
        vpshldw zmm0, zmm1, zmm2, 5
        vpconflictd zmm0, [rax]{1to16}
        vplzcntq zmm0{k1}{z}, zmm1
        vpopcntb zmm0, zmm1
        vpdpbusd zmm0, zmm1, zmm2
        vpdpbusd xmm0, xmm1, xmm2
        vpmadd52luq zmm0, zmm1, [rax]{1to8}
        vpmultishiftqb zmm0, zmm1, zmm2
        vaesenc zmm0, zmm1, zmm2
        vpclmulqdq zmm0, zmm1, zmm2, 1
        vgf2p8affineqb zmm0, zmm1, [rax]{1to8}, 3
        vdbpsadbw zmm0, zmm1, zmm2, 3
        vpmaxsq zmm0, zmm1, zmm2
        vpmullq zmm0, zmm1, zmm2
        vfmadd231ps zmm0{k1}, zmm1, zmm2, {rn-sae}
        vfnmadd132sd xmm16, xmm17, xmm18
        vsqrtps zmm0, zmm1, {rn-sae}
        vsqrtsd xmm0, xmm1, xmm2, {rz-sae}
        vucomiss xmm16, xmm17
        vcomisd xmm0, xmm1, {sae}
        vpextrb [rax+1], xmm16, 1
        vpinsrw xmm16, xmm17, [rax+2], 1
        vmaxps zmm0, zmm1, zmm2, {sae}
        vpandd zmm0{k1}, zmm1, [rax]{1to16}
        vandnpd zmm0, zmm1, zmm2
        vmovddup zmm0, [rax]
        vp2intersectd k2, zmm1, zmm2
        vcvtne2ps2bf16 zmm0, zmm1, zmm2
        vdpbf16ps zmm0, zmm1, zmm2
        vpshufbitqmb k1, zmm0, zmm1
        kmovw k1, k2
        kmovw k1, [rax]
        kmovb [rax], k2
        kmovd eax, k3
        kmovq k1, rax
        kandw k1, k2, k3
        kandnb k1, k2, k3
        knotq k1, k2
        kord k1, k2, k3
        kxnorw k1, k2, k3
        kxorb k1, k2, k3
        kaddd k1, k2, k3
        kshiftlw k1, k2, 5
        kshiftrq k1, k2, 60
        kunpckbw k1, k2, k3
        kortestw k1, k2
        ktestd k1, k2
        bits 32
        vaddps zmm0{k1}{z}, zmm1, [eax+64]
        vpaddd xmm0{k1}, xmm1, [eax]{1to4}
        kmovd k1, eax
        vcvtusi2sd xmm0, xmm1, dword [eax]
