; SSE, AVX2 and AVX-512 kernels: dot product, saxpy, byte search, masked tails, a transpose.
        bits 64
        default rel
dot_sse:
        xorps xmm0, xmm0
.loop:  movups xmm1, [rdi]
        movups xmm2, [rsi]
        mulps xmm1, xmm2
        addps xmm0, xmm1
        add rdi, 16
        add rsi, 16
        sub ecx, 4
        ja .loop
        movhlps xmm1, xmm0
        addps xmm0, xmm1
        movaps xmm1, xmm0
        shufps xmm1, xmm1, 0x55
        addss xmm0, xmm1
        ret
saxpy_avx:
        vbroadcastss ymm0, xmm0
.loop:  vmovups ymm1, [rdi+rax*4]
        vfmadd213ps ymm1, ymm0, [rsi+rax*4]
        vmovups [rdi+rax*4], ymm1
        add rax, 8
        cmp rax, rcx
        jb .loop
        vzeroupper
        ret
saxpy_512:
        mov eax, -1
        bzhi eax, eax, ecx
        kmovw k1, eax
        vbroadcastss zmm0, xmm0
.loop:  vmovups zmm1{k1}{z}, [rdi]
        vfmadd213ps zmm1{k1}, zmm0, [rsi+64]
        vfmadd231ps zmm1, zmm2, [scale]{1to16}
        vaddps zmm1{k1}{z}, zmm2, zmm3, {rn-sae}
        vaddpd zmm4, zmm5, zmm6, {rz-sae}
        vmaxps zmm7, zmm8, zmm9, {sae}
        vcmpltps k2{k1}, zmm1, [scale]{1to16}
        vcompressps [rdi]{k2}, zmm1
        vpcmpeqb k3, zmm1, zmm2
        kortestq k3, k3
        vmovups [rdi]{k1}, zmm1
        vpternlogd zmm1, zmm2, zmm3, 0x96
        vscatterdps [rdi+zmm10*4]{k1}, zmm1
        vgatherdps zmm11{k2}, [rsi+zmm12*8+4]
        vgatherdps ymm1, [rsi+ymm2*4], ymm3
        vpgatherqq xmm1, [rdi+xmm4], xmm5
        add rdi, 64
        sub ecx, 16
        ja .loop
        ret
find_byte:
        vmovd xmm0, esi
        vpbroadcastb ymm0, xmm0
.loop:  vpcmpeqb ymm1, ymm0, [rdi]
        vpmovmskb eax, ymm1
        tzcnt eax, eax
        jnc .found
        add rdi, 32
        jmp .loop
.found: add rax, rdi
        vzeroall
        ret
%macro transpose4 4
        movaps xmm4, %1
        unpcklps %1, %2
        unpckhps xmm4, %2
        movaps xmm5, %3
        unpcklps %3, %4
        unpckhps xmm5, %4
        movaps %2, %1
        movlhps %1, %3
        movhlps %3, %2
%endmacro
        transpose4 xmm0, xmm1, xmm2, xmm3
        align 64
scale:  dd 1.5
