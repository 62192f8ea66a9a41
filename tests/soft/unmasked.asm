; Exceptions of SSE that are not masked: #XM, which flags MXCSR has then, and that nothing else
; has changed. Exits with the number of the first check that fails.
bits 16
IE      equ 1
DE      equ 2
ZE      equ 4
OE      equ 8
UE      equ 16
PE      equ 32
ALL     equ 0x1F80
XM      equ 19
UD      equ 6

; MXCSR before, the instruction, the vector, MXCSR's flags behind
%macro trap 4
        inc bx
        mov dword [control], %1
        ldmxcsr [control]
        mov word [hit], 0
        mov word [resume], %%behind
        stc
        %2
%%behind:
        cmp word [hit], %3
        jne near fail
        stmxcsr [control]
        mov eax, [control]
        and eax, 0x3F
        cmp eax, %4
        jne near fail
%endmacro

start:  mov word [XM * 4], overrun
        mov word [UD * 4], invalid
        xor eax, eax
        mov [XM * 4 + 2], ax
        mov [UD * 4 + 2], ax
        xor bx, bx
        movups xmm0, [mixed]
        movaps xmm7, xmm0
        movups xmm1, [other]
        ; 1: nothing happens where all is masked or exact
        trap ALL & ~0x80, {addss xmm2, xmm2}, 0, 0
        ; 2: a flag that has been there does not raise anything by itself
        trap ALL & ~0x200 | ZE, {addss xmm2, xmm2}, 0, ZE
        ; 3: of two kinds the exceptions of operands come first, and those of results not at all
        trap ALL & ~0x80, {addps xmm0, xmm1}, XM, IE | DE
        trap ALL & ~0x100, {addps xmm0, xmm1}, XM, IE | DE
        trap ALL & ~0x1000, {addps xmm0, xmm1}, XM, IE | DE | PE
        ; 6: a division by zero
        movss xmm0, [one]
        trap ALL & ~0x200, {divss xmm0, [zero]}, XM, ZE
        ; 7: overflow, with and without the loss of precision that it is if masked
        movss xmm0, [most]
        trap ALL & ~0x400, {addss xmm0, xmm0}, XM, OE
        trap ALL & ~0x400, {mulss xmm0, xmm0}, XM, OE | PE
        trap ALL & ~0x1000, {addss xmm0, xmm0}, XM, OE | PE
        ; 10: underflow, also of an exact result, whatever is to be flushed
        movss xmm0, [least]
        trap ALL & ~0x800, {mulss xmm0, [half]}, XM, UE
        trap ALL & ~0x800 | 0x8000, {mulss xmm0, [half]}, XM, UE
        trap ALL & ~0x800, {mulss xmm0, xmm0}, XM, UE
        ; 13: a comparison leaves the flags alone
        movss xmm0, [one]
        trap ALL & ~0x80, {comiss xmm0, [quiet]}, XM, IE
        test byte [flags], 1
        jz near fail
        ; 14: a conversion leaves its register alone
        mov eax, 0x12345678
        trap ALL & ~0x1000, {cvtss2si ecx, [third]}, XM, PE
        ; 15: what is not masked in the immediate's way
        trap ALL & ~0x1000, {roundss xmm0, [third], 8}, 0, 0
        movups xmm0, [mixed]
        trap ALL & ~0x1000, {roundss xmm0, [third], 0}, XM, PE
        ; 17: a dot product ends at the step that raises
        movups xmm0, [step]
        trap ALL & ~0x1000, {dpps xmm0, [weights], 0xFF}, XM, PE
        ; 18: nothing has been written meanwhile
        inc bx
        movups xmm0, [mixed]
        mov dword [control], 0
        ldmxcsr [control]
        mov word [resume], behind
        addps xmm0, xmm1
        jmp fail
behind: mov dword [control], ALL
        ldmxcsr [control]
        xorps xmm7, xmm0
        ptest xmm7, xmm7
        jnz fail
        ; 19: a system that knows nothing of #XM gets #UD
        mov eax, cr4
        and eax, ~0x400
        mov cr4, eax
        movss xmm0, [one]
        trap ALL & ~0x200, {divss xmm0, [zero]}, UD, ZE
        xor bx, bx
fail:   mov al, bl
        out 0xE3, al

overrun:
        mov word [hit], XM
        jmp away
invalid:
        mov word [hit], UD
away:   add sp, 4
        pop word [flags]
        jmp [resume]

align 16
mixed:  dd 0x7F800000, 0x3F800000, 1, 0
other:  dd 0xFF800000, 0x33000001, 0, 0
step:   dd 0x3F800001, 0x7F7FFFFF, 0x7F7FFFFF, 0
weights: dd 0x3F800001, 0x3F800000, 0x3F800000, 0
one:    dd 1.0
zero:   dd 0
half:   dd 0.5
third:  dd 0x3EAAAAAB
most:   dd 0x7F7FFFFF
least:  dd 0x00800000
quiet:  dd 0x7FC00000
control: dd 0
hit:    dw 0
resume: dw 0
flags:  dw 0
