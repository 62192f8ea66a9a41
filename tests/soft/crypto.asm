; AES-128 on the example of FIPS 197 (appendix C.1), SHA-1 and SHA-256 of "abc" as FIPS 180-4 has
; them, a product without carries. Exits with the number of the first check that fails.
bits 64
%macro expect 2                         ; a register, what it has to be
        inc ebx
        movdqa xmm15, [%2]
        pcmpeqb xmm15, %1
        pmovmskb eax, xmm15
        cmp eax, 0xFFFF
        jne fail
%endmacro
%macro schedule 2                       ; number of the round, its constant
        aeskeygenassist xmm2, xmm1, %2
        pshufd xmm2, xmm2, 0xFF
        movdqa xmm3, xmm1
        %rep 3
        pslldq xmm3, 4
        pxor xmm1, xmm3
        %endrep
        pxor xmm1, xmm2
        movdqa [keys + 16 * %1], xmm1
%endmacro
start:  xor ebx, ebx
        movdqa xmm1, [key]
        movdqa [keys], xmm1
        %assign n 1
        %rep 8
        schedule n, 1 << (n - 1)
        %assign n n + 1
        %endrep
        schedule 9, 0x1B
        schedule 10, 0x36
        expect xmm1, last_key           ; 1: round[10].k_sch of C.1
        movdqa xmm0, [plain]
        pxor xmm0, [keys]
        %assign n 1
        %rep 9
        aesenc xmm0, [keys + 16 * n]
        %assign n n + 1
        %endrep
        aesenclast xmm0, [keys + 160]
        expect xmm0, cipher             ; 2
        pxor xmm0, [keys + 160]
        %assign n 9
        %rep 9
        aesimc xmm1, [keys + 16 * n]
        aesdec xmm0, xmm1
        %assign n n - 1
        %endrep
        vaesdeclast xmm4, xmm0, [keys]
        expect xmm4, plain              ; 3
        ; SHA-256, two rounds at a time: the state is in the order that the instructions want.
        movdqa xmm1, [sha256_cdgh]
        movdqa xmm2, [sha256_abef]
        xor ecx, ecx
.round: movd xmm0, [words + ecx * 4]
        movd xmm5, [words + ecx * 4 + 4]
        punpckldq xmm0, xmm5
        movq xmm5, [constants + ecx * 4]
        paddd xmm0, xmm5
        movdqa xmm3, xmm1
        movdqa xmm1, xmm2
        sha256rnds2 xmm3, xmm2, xmm0
        movdqa xmm2, xmm3
        add ecx, 2
        test ecx, 3
        jnz .round
        cmp ecx, 16
        jb .round
        cmp ecx, 64
        je .done
        ; The next four words are made four rounds before they are used.
        lea esi, [ecx - 16]
        movdqu xmm6, [words + esi * 4]
        sha256msg1 xmm6, [words + esi * 4 + 16]
        movdqu xmm7, [words + esi * 4 + 36]
        paddd xmm6, xmm7
        sha256msg2 xmm6, [words + esi * 4 + 48]
        movdqu [words + ecx * 4], xmm6
        jmp .round
.done:  paddd xmm1, [sha256_cdgh]
        paddd xmm2, [sha256_abef]
        expect xmm1, abc256_cdgh        ; 4
        expect xmm2, abc256_abef        ; 5
        ; SHA-1, four rounds at a time, over the same first words the other way round.
        movdqa xmm1, [sha1_abcd]
        movdqa xmm2, [sha1_e]
        %assign n 0
        %rep 20
        %if n < 4
        pshufd xmm3, [words + 16 * n], 0x1B
        %else
        movdqa xmm3, [turned + 16 * ((n - 4) & 3)]
        sha1msg1 xmm3, [turned + 16 * ((n - 3) & 3)]
        pxor xmm3, [turned + 16 * ((n - 2) & 3)]
        sha1msg2 xmm3, [turned + 16 * ((n - 1) & 3)]
        %endif
        movdqa [turned + 16 * (n & 3)], xmm3
        movdqa xmm4, xmm1
        %if n == 0
        paddd xmm2, xmm3
        %else
        sha1nexte xmm2, xmm3
        %endif
        sha1rnds4 xmm1, xmm2, n / 5
        movdqa xmm2, xmm4
        %assign n n + 1
        %endrep
        sha1nexte xmm2, [sha1_e]
        paddd xmm1, [sha1_abcd]
        expect xmm1, abc1_abcd          ; 6
        expect xmm2, abc1_e             ; 7
        movdqa xmm0, [factors]
        pclmulqdq xmm0, [factors], 0x01 ; the first one's upper half, the other's lower
        expect xmm0, product            ; 8
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al
align 16
key:    db 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F
plain:  db 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF
cipher: db 0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30, 0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5, 0x5A
last_key: db 0x13, 0x11, 0x1D, 0x7F, 0xE3, 0x94, 0x4A, 0x17, 0xF3, 0x07, 0xA7, 0x8B, 0x4D, 0x2B, 0x30, 0xC5
sha256_abef: dd 0x9B05688C, 0x510E527F, 0xBB67AE85, 0x6A09E667
sha256_cdgh: dd 0x5BE0CD19, 0x1F83D9AB, 0xA54FF53A, 0x3C6EF372
abc256_abef: dd 0x96177A9C, 0xB00361A3, 0x8F01CFEA, 0xBA7816BF
abc256_cdgh: dd 0xF20015AD, 0xB410FF61, 0x5DAE2223, 0x414140DE
sha1_abcd: dd 0x10325476, 0x98BADCFE, 0xEFCDAB89, 0x67452301
sha1_e: dd 0, 0, 0, 0xC3D2E1F0
abc1_abcd: dd 0x7850C26C, 0xBA3E2571, 0x4706816A, 0xA9993E36
abc1_e: dd 0, 0, 0, 0x9CD0D89D
align 16
factors: dq 0xfedcba9876543210, 0x8000000000000003
product: dq 0x365cfa89afc5630, 0x7f6e5d4c3b2a1909
constants:
        dd 0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5
        dd 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5
        dd 0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3
        dd 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174
        dd 0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC
        dd 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA
        dd 0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7
        dd 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967
        dd 0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13
        dd 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85
        dd 0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3
        dd 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070
        dd 0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5
        dd 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3
        dd 0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208
        dd 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2
words:  dd 0x61626380, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 24    ; "abc", padded
        times 48 dd 0
turned: times 16 dd 0
keys:   times 44 dd 0
