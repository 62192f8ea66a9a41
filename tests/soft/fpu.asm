; Who may use the x87, MMX, SSE and AVX: CR0.TS, CR0.EM, CR0.MP, CR4.OSFXSR, CR4.OSXSAVE and XCR0.
; A column for each: as it is; TS; TS without MP; EM; OSFXSR off; OSXSAVE off.
; /// applet
; ring = 0
; ///
bits 64
org 0x100000
        jmp start
%include "lab64.inc"
start:  call set_up
        mov rax, cr0
        mov [rel control0], rax
        mov rax, cr4
        bts rax, 18                     ; OSXSAVE
        mov [rel control4], rax
        mov cr4, rax
        mov rsi, table
        mov rbx, columns
        call run_rows
        xor eax, eax
        out 0xE3, al
; The level is the number of the column; all run at ring 0.
before: mov eax, [rel level]
        mov dword [rel level], 0
        lea edx, [columns_set + eax * 8]
        mov rcx, cr0
        and ecx, ~0xE
        or ecx, [rdx]
        mov rax, [rel control4]
        mov edx, [rdx + 4]
        not rdx
        and rax, rdx
        mov cr4, rax
        mov cr0, rcx
        ret
after:  push rax
        mov rax, [rel control4]
        mov cr4, rax
        mov rax, [rel control0]
        mov cr0, rax
        pop rax
        ret
align 8
control0: dq 0
control4: dq 0
columns: db 1, 2, 3, 4, 5, 6, 0
align 8
; Bits of CR0 (2 MP, 4 EM, 8 TS), and those of CR4 that are cleared.
columns_set: dd 2, 0, 10, 0, 8, 0, 6, 0, 2, 0x200, 2, 0x40000

        row "fld1"
        fld1
        row "fnstcw [x]"
        fnstcw [rel scratch]
        row "fnclex"
        fnclex
        row "wait"
        wait
        row "emms"
        emms
        row "paddb mm0, mm1"
        paddb mm0, mm1
        row "movaps xmm0, xmm1"
        movaps xmm0, xmm1
        row "cvtpi2ps xmm0, mm0"
        cvtpi2ps xmm0, mm0
        row "pshufb xmm0, xmm1"
        pshufb xmm0, xmm1
        row "aesenc xmm0, xmm1"
        aesenc xmm0, xmm1
        row "ldmxcsr [x]"
        ldmxcsr [rel start_mxcsr]
        row "movnti [x], eax"
        movnti [rel scratch], eax
        row "fxsave [x]"
        fxsave [rel area]
        row "prefetcht0 [x]"
        prefetcht0 [rel scratch]
        row "sfence"
        sfence
        row "crc32 eax, ecx"
        crc32 eax, ecx
        row "popcnt eax, ecx"
        popcnt eax, ecx
        row "vaddps xmm0, xmm1, xmm2"
        vaddps xmm0, xmm1, xmm2
        row "vzeroupper"
        vzeroupper
        row "andn eax, ecx, edx"
        andn eax, ecx, edx
        xor eax, eax
        row "xgetbv of XCR0"
        xgetbv
        and eax, 7
        row "xgetbv of none"
        mov ecx, 7
        xgetbv
        row "xsetbv of x87 only, and AVX"
        mov eax, 1
        xsetbv
        vaddps xmm0, xmm1, xmm2
        row "xsetbv of all"
        mov eax, 7
        xsetbv
        xor eax, eax
        row "xsetbv without x87"
        mov eax, 6
        xsetbv
        row "xsetbv of AVX without SSE"
        mov eax, 5
        xsetbv
        row "xsave [x]"
        mov eax, 1
        xsave [rel area]
        xor eax, eax
        rows_end table

align 16
gdt:    dq 0
        dq 0x00AF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 32-bit code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dq 0x00AFFB000000FFFF           ; 0x28 code, ring 3
        dq 0x00CF9B000000FFFF           ; 0x30 32-bit code, ring 0
        dw tss_end - tss - 1, tss - $$, 0x8910, 0, 0, 0, 0, 0 ; 0x38 task
gdtr:   dw $ - gdt - 1
        dq gdt
start_mxcsr: dd 0x1F80
align 64
scratch: dq 0, 0, 0, 0, 0, 0, 0, 0
area:   times 1024 db 0
