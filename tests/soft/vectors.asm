; Integers in vectors, by hand from the manual: each family of MMX, SSE and AVX with values at its
; edges. Exits with the number of the first check that fails.
bits 64
; operation, immediate if there is one, and 64 bits each of both operands and of the result; done
; with MMX, in the upper half of an xmm register, and in the upper half of a ymm register by AVX.
%macro all 4-5
        words %1, %2, %3, %4, %5
        inc ebx
        mov rax, %2
        movq mm0, rax
        mov rcx, %3
        movq mm1, rcx
        %1 mm0, mm1 %5
        movq rdx, mm0
        emms
        mov rax, %4
        cmp rax, rdx
        jne fail
%endmacro
; The same without MMX.
%macro words 4-5
        inc ebx
        mov rax, %2
        movq xmm0, rax
        pinsrq xmm0, rax, 1
        mov rcx, %3
        movq xmm1, rcx
        pinsrq xmm1, rcx, 1
        vinserti128 ymm2, ymm0, xmm0, 1
        vinserti128 ymm3, ymm1, xmm1, 1
        %1 xmm0, xmm1 %5
        pextrq rdx, xmm0, 1
        mov rax, %4
        cmp rax, rdx
        jne fail
        inc ebx
        v%1 ymm2, ymm2, ymm3 %5
        vextracti128 xmm2, ymm2, 1
        vmovq rdx, xmm2
        cmp rax, rdx
        jne fail
%endmacro
; operation with operands; both halves of the result in xmm0
%macro expect 3
        %1
        inc ebx
        mov rax, %2
        movq rdx, xmm0
        cmp rax, rdx
        jne fail
        inc ebx
        mov rax, %3
        pextrq rdx, xmm0, 1
        cmp rax, rdx
        jne fail
%endmacro
%macro load 5                           ; a register, its bytes as four words, the highest first
        mov dword [place], %5
        mov dword [place + 4], %4
        mov dword [place + 8], %3
        mov dword [place + 12], %2
        movdqa %1, [place]
%endmacro
start:  xor ebx, ebx
        ; Sums: carries stay in their elements, saturation at both ends.
        all paddb, 0x80FF017FFF00FF01, 0x8001017F01000101, 0x000002FE00000002
        all paddw, 0xFFFF7FFF00018000, 0x0001000100018000, 0x0000800000020000
        all paddd, 0xFFFFFFFF7FFFFFFF, 0x0000000100000001, 0x0000000080000000
        all paddsb, 0x7F807F8001FF00FF, 0x01FF800102FF0001, 0x7F80FF8103FE0000
        all paddsw, 0x7FFF80007FFF8000, 0x0001FFFF80007FFF, 0x7FFF8000FFFFFFFF
        all paddusb, 0xFF80FE7F00000102, 0x01800101000000FF, 0xFFFFFF80000001FF
        all psubb, 0x0080007F01020304, 0x01010001FF020403, 0xFF7F007E0200FF01
        all psubsb, 0x80807F7F00000102, 0x01FF81FF80010102, 0x80817F7F7FFF0000
        all psubusw, 0x0001000280000000, 0x00020001FFFF0000, 0x0000000100000000
        all pavgb, 0x00010203FFFE0100, 0x0102FF03FFFF0000, 0x01028103FFFF0100
        ; Products.
        all pmullw, 0x7FFF800000FF0003, 0x00028000FFFF0004, 0xFFFE0000FF01000C
        all pmulhw, 0x7FFF8000FFFF0003, 0x7FFF800000010004, 0x3FFF4000FFFF0000
        all pmulhuw, 0xFFFF8000FFFF0003, 0xFFFF800000010004, 0xFFFE400000000000
        all pmulhrsw, 0x8000400000010002, 0x8000400040004000, 0x8000200000010001
        all pmaddwd, 0x8000800000020003, 0x8000800000040005, 0x8000000000000017
        all pmaddubsw, 0xFFFFFFFF00010203, 0x7F7F808003040506, 0x7FFF80000004001C
        all pmuludq, 0x00000000FFFFFFFF, 0x00000000FFFFFFFF, 0xFFFFFFFE00000001
        words pmuldq, 0x00000000FFFFFFFF, 0x0000000000000002, 0xFFFFFFFFFFFFFFFE
        words pmulld, 0x7FFFFFFF00010000, 0x0000000200010000, 0xFFFFFFFE00000000
        all psadbw, 0x00FF00FF00FF00FF, 0xFF00FF00FF00FF00, 8 * 255
        ; Comparisons, least and greatest.
        all pcmpeqb, 0x0001800102030405, 0x0001810102030506, 0xFFFF00FFFFFF0000
        all pcmpgtb, 0x7F80000100FF0101, 0x807F0100FF000102, 0xFF0000FFFF000000
        all pcmpgtd, 0x80000000FFFFFFFF, 0x7FFFFFFFFFFFFFFE, 0x00000000FFFFFFFF
        words pcmpgtq, 0x0000000000000001, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF
        words pcmpeqq, 0x0000000100000000, 0x0000000000000000, 0
        all pminub, 0x00FF807F01020304, 0xFF0000807F010403, 0x0000007F01010303
        all pmaxsw, 0x8000FFFF7FFF0000, 0x7FFF00008000FFFF, 0x7FFF00007FFF0000
        words pminsb, 0x80FF7F0001020304, 0x7F0080FF01030204, 0x80FF80FF01020204
        words pmaxud, 0x80000000FFFFFFFF, 0x7FFFFFFF00000000, 0x80000000FFFFFFFF
        all psignb, 0x0102030480050607, 0xFF0001807F80FF01, 0xFF0003FC80FBFA07
        ; Logic, shifts: a count that is too great gives 0, or all of the sign.
        all pandn, 0xFF00FF00FF00FF00, 0x1234567812345678, 0x0034007800340078
        all pxor, 0xFFFF0000FFFF0000, 0xFF00FF00FF00FF00, 0x00FFFF0000FFFF00
        ; Order.
        all pshufb, 0x0706050403020100, 0x0001028003040507, 0x0001020003040507
        inc ebx
        load xmm0, 0x8000FFFF, 0x00010002, 0x7FFF8001, 0x12345678
        expect {psraw xmm0, 4}, 0x07FFF80001230567, 0xF800FFFF00000000
        load xmm0, 0x8000FFFF, 0x00010002, 0x7FFF8001, 0x12345678
        expect {psrad xmm0, 200}, 0, 0xFFFFFFFF00000000
        load xmm0, 0x8000FFFF, 0x00010002, 0x7FFF8001, 0x12345678
        expect {psllw xmm0, 16}, 0, 0
        load xmm0, 0x8000FFFF, 0x00010002, 0x7FFF8001, 0x12345678
        expect {pslldq xmm0, 3}, 0x0112345678000000, 0xFF000100027FFF80
        load xmm0, 0x8000FFFF, 0x00010002, 0x7FFF8001, 0x12345678
        expect {psrldq xmm0, 13}, 0x8000FF, 0
        load xmm0, 0xFFFEFDFC, 0xFBFAF9F8, 0xF7F6F5F4, 0xF3F2F1F0
        load xmm1, 0x0F0E0D0C, 0x0B0A0908, 0x07060504, 0x03020100
        movdqa xmm4, xmm0
        expect {palignr xmm0, xmm1, 5}, 0x0C0B0A0908070605, 0xF4F3F2F1F00F0E0D
        movdqa xmm0, xmm4
        expect {punpcklbw xmm0, xmm1}, 0x03F302F201F100F0, 0x07F706F605F504F4
        movdqa xmm0, xmm4
        expect {punpckhdq xmm0, xmm1}, 0x0B0A0908FBFAF9F8, 0x0F0E0D0CFFFEFDFC
        movdqa xmm0, xmm4
        expect {shufps xmm0, xmm1, 0x1B}, 0xFBFAF9F8FFFEFDFC, 0x0302010007060504
        expect {pshufd xmm0, xmm1, 0x4E}, 0x0F0E0D0C0B0A0908, 0x0706050403020100
        expect {pshuflw xmm0, xmm1, 0x1B}, 0x0100030205040706, 0x0F0E0D0C0B0A0908
        movdqa xmm0, xmm4
        expect {pblendw xmm0, xmm1, 0xA5}, 0xF7F60504F3F20100, 0x0F0EFDFC0B0AF9F8
        load xmm0, 0x00007FFF, 0xFFFF8000, 0x00000080, 0xFFFFFF80
        expect {packssdw xmm0, xmm0}, 0x7FFF80000080FF80, 0x7FFF80000080FF80
        load xmm0, 0x00010000, 0xFFFF8000, 0x00000080, 0xFFFFFF80
        expect {packusdw xmm0, xmm0}, 0xFFFF000000800000, 0xFFFF000000800000
        load xmm0, 0x01007FFF, 0xFFFF8000, 0x00FF0080, 0x007FFF80
        expect {packuswb xmm0, xmm0}, 0xFFFF0000FF807F00, 0xFFFF0000FF807F00
        load xmm1, 0, 0, 0x80FF7F01, 0xFE020304
        expect {pmovsxbw xmm0, xmm1}, 0xFFFE000200030004, 0xFF80FFFF007F0001
        expect {pmovzxbd xmm0, xmm1}, 0x0000000300000004, 0x000000FE00000002
        load xmm1, 0x00070002, 0x00050001, 0x00030001, 0xFFFF0009
        expect {phminposuw xmm0, xmm1}, 0x20001, 0
        load xmm0, 0x00010002, 0x00030004, 0x7FFF0001, 0x80008000
        expect {phaddsw xmm0, xmm0}, 0x000300077FFF8000, 0x000300077FFF8000
        ; Signs to flags and registers.
        load xmm0, 0x80000000, 0x7FFFFFFF, 0x80800080, 0xFF01FF01
        inc ebx
        pmovmskb eax, xmm0
        cmp eax, 0x87DA
        jne fail
        inc ebx
        movmskps eax, xmm0
        cmp eax, 0b1011
        jne fail
        inc ebx
        pxor xmm1, xmm1
        ptest xmm0, xmm1                ; nothing in common: ZF; of 0 nothing is missing: CF
        jnz fail
        jnc fail
        ; Ends of strings: `index` of one of a set, of a range, of a substring.
        load xmm0, 0, 0, 0, 'xyz'
        load xmm1, 'mnop', 'ijkl', 'efgh', 'abzd'
        inc ebx
        pcmpistri xmm0, xmm1, 0
        jnc fail
        cmp ecx, 2
        jne fail
        inc ebx
        load xmm0, 0, 0, 0, 'il'
        pcmpistri xmm0, xmm1, 0x44      ; the last one from i to l
        cmp ecx, 11
        jne fail
        inc ebx
        load xmm0, 0, 0, 0, 'hij'
        pcmpistri xmm0, xmm1, 0x0C
        cmp ecx, 7
        jne fail
        inc ebx
        mov eax, 3
        mov edx, 3
        load xmm2, 0, 0, 0, 'abzq'
        pcmpestrm xmm1, xmm2, 0x58      ; equal each, inverted, as bytes: nothing in 3 differs
        pmovmskb eax, xmm0
        test eax, eax
        jnz fail
        ; A gather, with one element left as it was, and a masked store.
        inc ebx
        load xmm1, 0, -1, 0, -1
        load xmm2, 3, 2, 1, 0
        pxor xmm0, xmm0
        vpgatherdd xmm0, [table + xmm2 * 4], xmm1
        movq rax, xmm0
        cmp rax, 0x11
        jne fail
        inc ebx
        pextrq rax, xmm0, 1
        cmp rax, 0x33
        jne fail
        inc ebx
        ptest xmm1, xmm1                ; the mask is used up
        jnz fail
        inc ebx
        load xmm1, -1, 0, 0, -1
        vpmaskmovd [table], xmm1, xmm2
        mov rax, [table]
        mov rcx, 0x2200000000
        cmp rax, rcx
        jne fail
        inc ebx
        mov rax, [table + 8]
        mov rcx, 0x300000033
        cmp rax, rcx
        jne fail
        ; AVX clears the rest of a register, SSE leaves it.
        inc ebx
        vpcmpeqd ymm0, ymm0, ymm0
        paddd xmm0, xmm0
        vextracti128 xmm1, ymm0, 1
        vmovq rax, xmm1
        cmp rax, -1
        jne fail
        inc ebx
        vpaddd xmm0, xmm0, xmm0
        vextracti128 xmm1, ymm0, 1
        vmovq rax, xmm1
        test rax, rax
        jnz fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al
align 16
place:  dd 0, 0, 0, 0
table:  dd 0x11, 0x22, 0x33, 0x44
