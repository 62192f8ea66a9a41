; Corners of floating-point arithmetic with SSE, AVX and FMA: rounding, denormals, NaNs, flags.
; Values by hand from IEEE 754 and the manual. Exits with the number of the first check that fails.
bits 64
NEAREST equ 0x1F80                      ; MXCSR with everything masked
DOWN    equ 0x3F80
UP      equ 0x5F80
CHOP    equ 0x7F80
FTZ     equ 0x9F80
DAZ     equ 0x1FC0
IE      equ 1
DE      equ 2
ZE      equ 4
OE      equ 8
UE      equ 16
PE      equ 32
ONE     equ 0x3F800000
TWO     equ 0x40000000
THREE   equ 0x40400000
HALF    equ 0x3F000000
INF     equ 0x7F800000
MAX     equ 0x7F7FFFFF
LEAST   equ 0x00800000                  ; the least normal number
MINUS   equ 0x80000000
NAN     equ 0xFFC00000                  ; what invalid operations give

; operation, MXCSR, operands, result, flags
%macro single 6
        inc ebx
        mov dword [control], %2
        ldmxcsr [control]
        mov eax, %3
        movd xmm0, eax
        mov eax, %4
        movd xmm1, eax
        %1 xmm0, xmm1
        movd eax, xmm0
        cmp eax, %5
        jne near fail
        flags %6
%endmacro

%macro flags 1
        stmxcsr [control]
        mov eax, [control]
        and eax, 0x3F
        cmp eax, %1
        jne near fail
%endmacro

; operation, MXCSR, operand, what eax is to be, flags
%macro whole 5
        inc ebx
        mov dword [control], %2
        ldmxcsr [control]
        mov eax, %3
        movd xmm1, eax
        %1 eax, xmm1
        cmp eax, %4
        jne near fail
        flags %5
%endmacro

; operation, MXCSR, immediate, operand, result, flags
%macro by 6
        inc ebx
        mov dword [control], %2
        ldmxcsr [control]
        mov eax, %4
        movd xmm1, eax
        %1 xmm0, xmm1, %3
        movd eax, xmm0
        cmp eax, %5
        jne near fail
        flags %6
%endmacro

start:  xor ebx, ebx
        ; 1: a third, in all directions
        single divss, NEAREST, ONE, THREE, 0x3EAAAAAB, PE
        single divss, DOWN, ONE, THREE, 0x3EAAAAAA, PE
        single divss, UP, ONE, THREE, 0x3EAAAAAB, PE
        single divss, CHOP, ONE, THREE, 0x3EAAAAAA, PE
        single divss, DOWN, ONE | MINUS, THREE, 0xBEAAAAAB, PE
        single divss, UP, ONE | MINUS, THREE, 0xBEAAAAAA, PE
        single divss, CHOP, ONE | MINUS, THREE, 0xBEAAAAAA, PE
        single divss, NEAREST, THREE, TWO, 0x3FC00000, 0
        ; 9: in the middle of two numbers to the even one
        single addss, NEAREST, ONE, 0x33800000, ONE, PE
        single addss, NEAREST, ONE + 1, 0x33800000, ONE + 2, PE
        single addss, UP, ONE, 1, ONE + 1, DE | PE
        single addss, DOWN, ONE, 1 | MINUS, ONE - 1, DE | PE
        ; 13: too great
        single addss, NEAREST, MAX, MAX, INF, OE | PE
        single addss, CHOP, MAX, MAX, MAX, OE | PE
        single addss, DOWN, MAX, MAX, MAX, OE | PE
        single addss, DOWN, MAX | MINUS, MAX | MINUS, INF | MINUS, OE | PE
        single mulss, UP, MAX | MINUS, TWO, MAX | MINUS, OE | PE
        ; 18: denormal results; an exact one is no underflow
        single mulss, NEAREST, LEAST, HALF, LEAST / 2, 0
        single mulss, NEAREST, LEAST + 3, HALF, LEAST / 2 + 2, UE | PE
        single mulss, NEAREST, LEAST, LEAST, 0, UE | PE
        single mulss, UP, LEAST, LEAST, 1, UE | PE
        single mulss, DOWN, LEAST, LEAST | MINUS, 1 | MINUS, UE | PE
        single subss, NEAREST, LEAST + 1, LEAST, 1, 0
        single mulss, NEAREST, LEAST, ONE - 1, LEAST, UE | PE
        single mulss, UP, LEAST + 1, ONE - 1, LEAST + 1, PE
        ; 26: flushed, and taken for zeros
        single mulss, FTZ, LEAST, HALF, 0, UE | PE
        single mulss, FTZ, LEAST, HALF | MINUS, MINUS, UE | PE
        single addss, FTZ, 1, 0, 0, DE | UE | PE
        single addss, DAZ, 1, 0, 0, 0
        single addss, DAZ, 1 | MINUS, MINUS, MINUS, 0
        single divss, DAZ, ONE, 1, INF, ZE
        single addss, NEAREST, 1, 0, 1, DE
        ; 33: zeros
        single addss, NEAREST, 0, MINUS, 0, 0
        single addss, DOWN, 0, MINUS, MINUS, 0
        single subss, NEAREST, ONE, ONE, 0, 0
        single subss, DOWN, ONE, ONE, MINUS, 0
        single mulss, NEAREST, MINUS, ONE, MINUS, 0
        single divss, NEAREST, ONE, INF | MINUS, MINUS, 0
        single sqrtss, NEAREST, 0, MINUS, MINUS, 0
        ; 40: divisions by zero, and what cannot be computed
        single divss, NEAREST, ONE, 0, INF, ZE
        single divss, NEAREST, ONE, MINUS, INF | MINUS, ZE
        single divss, NEAREST, 1, 0, INF, ZE
        single divss, NEAREST, INF, 0, INF, 0
        single divss, NEAREST, 0, 0, NAN, IE
        single divss, NEAREST, INF, INF, NAN, IE
        single mulss, NEAREST, 0, INF, NAN, IE
        single addss, NEAREST, INF, INF | MINUS, NAN, IE
        single subss, NEAREST, INF, INF, NAN, IE
        single sqrtss, NEAREST, 0, ONE | MINUS, NAN, IE
        single sqrtss, NEAREST, 0, 1 | MINUS, NAN, IE
        single sqrtss, NEAREST, 0, TWO, 0x3FB504F3, PE
        single sqrtss, UP, 0, TWO, 0x3FB504F4, PE
        single sqrtss, NEAREST, 0, 1, 0x1A3504F3, DE | PE
        ; 54: NaNs keep what they carry; the first one counts
        single addss, NEAREST, 0x7FC00005, 0x7FC00006, 0x7FC00005, 0
        single addss, NEAREST, ONE, 0x7FC00006, 0x7FC00006, 0
        single addss, NEAREST, 0x7F800005, ONE, 0x7FC00005, IE
        single addss, NEAREST, 0x7FC00005, 0x7F800006, 0x7FC00005, IE
        single addss, NEAREST, 0x7FC00005, 1, 0x7FC00005, 0
        single mulss, NEAREST, 1, 0x7F800006, 0x7FC00006, IE
        ; 60: the second operand where there is no lesser one
        single minss, NEAREST, MINUS, 0, 0, 0
        single minss, NEAREST, 0, MINUS, MINUS, 0
        single maxss, NEAREST, 0, MINUS, MINUS, 0
        single maxss, NEAREST, MINUS, 0, 0, 0
        single minss, NEAREST, 0x7FC00005, ONE, ONE, IE
        single minss, NEAREST, ONE, 0x7FC00005, 0x7FC00005, IE
        single maxss, NEAREST, ONE, 0x7F800005, 0x7F800005, IE
        single minss, NEAREST, 1, ONE, 1, DE
        single maxss, NEAREST, INF | MINUS, MAX | MINUS, MAX | MINUS, 0
        ; 69: comparisons
        single cmpeqss, NEAREST, 0, MINUS, -1, 0
        single cmpltss, NEAREST, INF | MINUS, 1, -1, DE
        single cmpeqss, NEAREST, 0x7FC00000, ONE, 0, 0
        single cmpneqss, NEAREST, 0x7FC00000, ONE, -1, 0
        single cmpltss, NEAREST, 0x7FC00000, ONE, 0, IE
        single cmpnltss, NEAREST, 0x7FC00000, ONE, -1, IE
        single cmpunordss, NEAREST, ONE, 0x7FC00000, -1, 0
        single cmpordss, NEAREST, ONE, 0x7F800001, 0, IE
        ; 77: to integers and their limits
        whole cvtss2si, NEAREST, HALF, 0, PE
        whole cvtss2si, NEAREST, 0x3FC00000, 2, PE
        whole cvtss2si, NEAREST, 0x40200000, 2, PE
        whole cvtss2si, UP, 0x40200000, 3, PE
        whole cvtss2si, DOWN, 0xC0200000, -3, PE
        whole cvttss2si, UP, 0xC0200000, -2, PE
        whole cvttss2si, NEAREST, 0x4EFFFFFF, 0x7FFFFF80, 0
        whole cvttss2si, NEAREST, 0x4F000000, MINUS, IE
        whole cvttss2si, NEAREST, 0xCF000000, MINUS, 0
        whole cvttss2si, NEAREST, 0xCF000001, MINUS, IE
        whole cvttss2si, NEAREST, 0x7FC00000, MINUS, IE
        whole cvttss2si, NEAREST, 1, 0, PE
        whole cvtss2si, UP, 1, 1, PE
        whole cvtss2si, UP | DAZ, 1, 0, 0
        ; 91: to whole numbers
        by roundss, NEAREST, 0, 0x40200000, TWO, PE
        by roundss, NEAREST, 1, 0xC0200000, 0xC0400000, PE
        by roundss, NEAREST, 2, 0xBF000000, MINUS, PE
        by roundss, NEAREST, 11, 0x40200000, TWO, 0
        by roundss, UP, 4, 0x40200000, THREE, PE
        by roundss, NEAREST, 8, 0x7F800001, 0x7FC00001, IE
        by roundss, NEAREST, 8, 0x4B7FFFFF, 0x4B7FFFFF, 0
        ; 98: half precision
        by vcvtps2ph, NEAREST, 4, 0x38000000, 0x0200, 0
        by vcvtps2ph, NEAREST, 4, 0x33800001, 0x0001, UE | PE
        by vcvtps2ph, NEAREST, 4, 0x477FF000, 0x7C00, OE | PE
        by vcvtps2ph, NEAREST, 3, 0x477FF000, 0x7BFF, PE
        by vcvtps2ph, FTZ, 4, 0x34800001, 0x0004, UE | PE
        by vcvtps2ph, NEAREST, 4, 0x7F802000, 0x7E01, IE
        single vcvtph2ps, DAZ, 0, 1, 0x33800000, 0
        single vcvtph2ps, NEAREST, 0, 0x7C01, 0x7FC02000, IE

        ; 106: integers that a single has no place for
        inc ebx
        mov dword [control], NEAREST
        ldmxcsr [control]
        mov eax, 16777217
        cvtsi2ss xmm0, eax
        flags PE
        movd eax, xmm0
        cmp eax, 0x4B800000
        jne near fail
        inc ebx                         ; 107
        mov rax, 0x7FFFFFFFFFFFFFFF
        cvtsi2sd xmm0, rax
        movq rax, xmm0
        mov rcx, 0x43E0000000000000
        cmp rax, rcx
        jne near fail
        inc ebx                         ; 108: and back, beyond the limit
        cvttsd2si rax, xmm0
        mov rcx, 0x8000000000000000
        cmp rax, rcx
        jne near fail
        inc ebx                         ; 109: 2 ^ -150 rounds to zero, a single's least is twice it
        mov dword [control], NEAREST
        ldmxcsr [control]
        mov rax, 0x3690000000000000
        movq xmm1, rax
        cvtsd2ss xmm0, xmm1
        flags UE | PE
        movd eax, xmm0
        test eax, eax
        jne near fail

        ; 110: flags of comparisons: ZF PF CF
        inc ebx
        mov dword [control], NEAREST
        ldmxcsr [control]
        movss xmm0, [one]
        comiss xmm0, [two]
        lahf
        and ah, 0x45
        cmp ah, 0x01
        jne near fail
        inc ebx
        comiss xmm0, [one]
        lahf
        and ah, 0x45
        cmp ah, 0x40
        jne near fail
        inc ebx
        ucomiss xmm0, [quiet]
        lahf
        and ah, 0x45
        cmp ah, 0x45
        jne near fail
        flags 0
        inc ebx                         ; 113
        comiss xmm0, [quiet]
        flags IE

        ; 114: one rounding: (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24
        inc ebx
        mov dword [control], NEAREST
        ldmxcsr [control]
        movss xmm0, [near_one]
        vfmsub213ss xmm0, xmm0, [square]
        movd eax, xmm0
        cmp eax, 0x33800000
        jne near fail
        flags 0
        inc ebx                         ; 115: a NaN to add comes before zero times infinity
        movss xmm0, [zero]
        movss xmm1, [infinity]
        vfmadd213ss xmm0, xmm1, [quiet]
        movd eax, xmm0
        cmp eax, 0x7FC00009
        jne near fail
        flags 0
        inc ebx                         ; 116
        movss xmm0, [zero]
        vfmadd213ss xmm0, xmm1, [one]
        movd eax, xmm0
        cmp eax, NAN
        jne near fail
        flags IE

        ; 117: 1 * 5 + 2 * 6 + 3 * 7 + 4 * 8 = 70, to the second place alone
        inc ebx
        movups xmm0, [one]
        dpps xmm0, [five], 0xF2
        movq rax, xmm0
        mov rcx, 0x428C000000000000
        cmp rax, rcx
        jne near fail
        inc ebx                         ; 118: 1 + 2, 3 + 4, 5 + 6, 7 + 8
        movups xmm0, [one]
        haddps xmm0, [five]
        cvtps2dq xmm0, xmm0
        packssdw xmm0, xmm0
        packsswb xmm0, xmm0
        movd eax, xmm0
        cmp eax, 0x0F0B0703
        jne near fail
        inc ebx                         ; 119: 1 - 5, 2 + 6, 3 - 7, 4 + 8
        vmovups xmm0, [one]
        vaddsubps xmm0, xmm0, [five]
        vcvttps2dq xmm0, xmm0
        packssdw xmm0, xmm0
        packsswb xmm0, xmm0
        movd eax, xmm0
        cmp eax, 0x0CFC08FC
        jne near fail
        xor ebx, ebx
fail:   mov al, bl
        out 0xE3, al
align 16
one:    dd 1.0
two:    dd 2.0, 3.0, 4.0
five:   dd 5.0, 6.0, 7.0, 8.0
quiet:  dd 0x7FC00009
near_one: dd 0x3F800800
square: dd 0x3F801000
zero:   dd 0
infinity: dd INF
control: dd 0
