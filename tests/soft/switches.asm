; What turns MMX, SSE and AVX off: CR0.EM, CR0.TS, CR4.OSFXSR, CR4.OSXSAVE, XCR0, a pending exception of
; the x87; and reserved bits of MXCSR and XCR0. Exits with the number of the first check that fails.
; /// applet
; ring = 0
; ///
bits 64
EM      equ 4
TS      equ 8
OSFXSR  equ 0x200
OSXSAVE equ 0x40000
UD      equ 6
NM      equ 7
GP      equ 13
MF      equ 16
; instruction, the vector that it raises or 0
%macro check 2
        inc ebx
        mov byte [vector], 0
        mov qword [resume], %%after
        %1
%%after: cmp byte [vector], %2
        jne fail
%endmacro
%macro bits_of 3                        ; a control register, bits to clear, bits to set
        mov rax, %1
        and rax, ~(%2)
        or rax, %3
        mov %1, rax
%endmacro
%macro gate 2
        mov rax, %2
        mov word [idt + %1 * 16], ax
        mov word [idt + %1 * 16 + 2], 8
        mov word [idt + %1 * 16 + 4], 0x8E00
        shr rax, 16
        mov word [idt + %1 * 16 + 6], ax
%endmacro
start:  xor ebx, ebx
        gate UD, raised_6
        gate NM, raised_7
        gate GP, raised_13
        gate MF, raised_16
        lidt [idtr]
        bits_of cr4, 0, OSFXSR | OSXSAVE
        check {paddd xmm0, xmm1}, 0
        check {vpaddd ymm0, ymm1, ymm2}, 0
        check {movaps xmm0, [place + 1]}, GP
        check {movups xmm0, [place + 1]}, 0
        check {vmovaps ymm0, [place + 16]}, GP
        check {vpaddd ymm0, ymm1, [place + 1]}, 0
        check {xsave [place + 16]}, GP
        bits_of cr0, 0, EM
        check {paddd xmm0, xmm1}, UD
        check {paddd mm0, mm1}, UD
        check {vpaddd ymm0, ymm1, ymm2}, 0
        check {fxsave [place]}, NM
        check {movnti [place], eax}, 0
        check {crc32 eax, ecx}, 0
        bits_of cr0, EM, TS
        check {paddd xmm0, xmm1}, NM
        check {pxor mm0, mm1}, NM
        check {emms}, NM
        check {vpaddd xmm0, xmm1, xmm2}, NM
        check {ldmxcsr [good]}, NM
        check {xsave [place]}, NM
        bits_of cr0, TS, 0
        bits_of cr4, OSFXSR, 0
        check {paddd xmm0, xmm1}, UD
        check {paddd mm0, mm1}, 0
        check {ldmxcsr [good]}, UD
        bits_of cr4, OSXSAVE, OSFXSR
        check {vpaddd xmm0, xmm1, xmm2}, UD
        check {xgetbv}, UD
        check {xsave [place]}, UD
        check {paddd xmm0, xmm1}, 0
        bits_of cr4, 0, OSXSAVE
        xor ecx, ecx
        xor edx, edx
        mov eax, 3
        check xsetbv, 0
        check {vpaddd xmm0, xmm1, xmm2}, UD
        mov eax, 5                      ; AVX without SSE
        check xsetbv, GP
        mov eax, 6                      ; without the x87
        check xsetbv, GP
        mov eax, 7
        mov ecx, 1
        check xsetbv, GP
        check xgetbv, GP
        xor ecx, ecx
        check xsetbv, 0
        check {vpaddd xmm0, xmm1, xmm2}, 0
        check {ldmxcsr [bad]}, GP
        check {ldmxcsr [good]}, 0
        emms
        fldcw [unmasked]                ; an exception of the x87 that waits
        fld1
        fldz
        fdivp
        check {paddd mm0, mm1}, MF
        check {emms}, MF
        check {paddd xmm0, xmm1}, 0
        fninit
        check {paddd mm0, mm1}, 0
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al
%macro handler 2                        ; vector, bytes of its error code
raised_%1:
        mov byte [vector], %1
        add rsp, %2
        push rax
        mov rax, [resume]
        mov [rsp + 8], rax
        pop rax
        iretq
%endmacro
        handler 6, 0
        handler 7, 0
        handler 13, 8
        handler 16, 0
idtr:   dw 17 * 16 - 1
        dq idt
resume: dq 0
vector: db 0
good:   dd 0x1F80
bad:    dd 0x10000
unmasked: dw 0x37B
align 64
place:  times 1024 db 0
idt:    times 17 * 16 db 0
