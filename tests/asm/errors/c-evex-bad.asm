; Decorators that do not belong where they are.
        bits 64
        vaddps zmm0{k0}, zmm1, zmm2
        vaddps zmm0{k8}, zmm1, zmm2
        vaddps zmm0{z}, zmm1, zmm2
        vaddps xmm0, xmm1, xmm2, {rn-sae}
        vaddps zmm0, zmm1, [rax]{1to8}
        vaddps zmm0, zmm1, zmm2{1to16}
        vaddps zmm0, zmm1, zmm2, {rx-sae}
        mov eax{k1}, ebx
        vmovups [rax]{k1}{z}, zmm0
        vaddps zmm32, zmm1, zmm2
        vaddps ymm0, xmm1, ymm2
        vgatherdps zmm0, [rax+zmm1*4]
        {vex} vaddps zmm0, zmm1, zmm2
