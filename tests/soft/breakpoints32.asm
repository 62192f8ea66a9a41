; Breakpoints of the debug registers in protected mode: on code with and without RF, on data, on
; ports, in repetitions, behind a load of ss. Exits with the number of the first check that fails.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
        jmp start
%include "lab32.inc"
start:  call set_up
        mov eax, debugged
        mov [idt + 8], ax
        shr eax, 16
        mov [idt + 8 + 6], ax
        mov ebx, 1                      ; 1: on an instruction: a fault, without RF in the flags
        mov dword [resume_flag], 0x10000
        mov eax, .here1
        mov dr0, eax
        mov eax, 0x401
        mov dr7, eax
        mov ecx, 3
.here1: dec ecx
        jnz .here1
        cmp dword [count], 3            ; RF holds for one instruction
        jne fail
        cmp dword [at_ip], .here1
        jne fail
        test dword [at_flags], 0x10000
        jnz fail
        mov eax, dr6
        cmp eax, 0xFFFF0FF1
        jne fail
        inc ebx                         ; 2: without RF it comes again
        call clear
        mov dword [resume_flag], 0
        mov eax, .here2
        mov dr1, eax
        mov eax, 0x408                  ; G1
        mov dr7, eax
        mov dword [most], 5
.here2: nop
        cmp dword [count], 5
        jne fail
        inc ebx                         ; 3: on writes of data: a trap behind it
        call clear
        mov eax, datum
        mov dr2, eax
        mov eax, 0x0D000420             ; G2, writes, 4 bytes
        mov dr7, eax
        mov eax, [datum]
        cmp dword [count], 0
        jne fail
        mov byte [datum + 2], 1
.here3: cmp dword [count], 1
        jne fail
        cmp dword [at_ip], .here3
        jne fail
        mov byte [datum + 4], 1
        cmp dword [count], 1
        jne fail
        mov dword [datum - 3], 1        ; one byte of it
        cmp dword [count], 2
        jne fail
        inc dword [datum]
        cmp dword [count], 3
        jne fail
        mov eax, dr6
        test al, 4
        jz fail
        inc ebx                         ; 4: on reads and writes
        call clear
        mov eax, datum
        mov dr3, eax
        mov eax, 0x30000480             ; 1 byte
        mov dr7, eax
        mov al, [datum]
        cmp dword [count], 1
        jne fail
        mov al, [datum + 1]
        cmp dword [count], 1
        jne fail
        push dword [datum - 2]
        pop eax
        cmp dword [count], 2
        jne fail
        inc ebx                         ; 5: in a repetition, behind the item
        call clear
        mov eax, datum + 2
        mov dr0, eax
        mov eax, 0x00010402
        mov dr7, eax
        mov edi, datum
        mov ecx, 5
        mov al, 0
.here5: rep stosb
        cmp dword [count], 1
        jne fail
        cmp dword [at_ip], .here5
        jne fail
        cmp dword [at_ecx], 2
        jne fail
        inc ebx                         ; 6: at a port, with CR4.DE
        call clear
        mov eax, cr4
        or al, 8
        mov cr4, eax
        mov eax, 0xEC
        mov dr0, eax
        mov eax, 0x00020402
        mov dr7, eax
        in al, 0xEB
        cmp dword [count], 0
        jne fail
        in al, 0xEC
.here6: cmp dword [count], 1
        jne fail
        cmp dword [at_ip], .here6
        jne fail
        mov eax, dr6
        test eax, 0x4000
        jnz fail
        inc ebx                         ; 7: none between a load of ss and the next instruction
        call clear
        mov dword [resume_flag], 0x10000
        mov eax, .here7
        mov dr0, eax
        mov eax, 0x402
        mov dr7, eax
        mov eax, ss
        mov ss, eax
.here7: nop
        cmp dword [count], 0
        jne fail
        inc ebx                         ; 8: a breakpoint that is not on
        call clear
        mov eax, datum
        mov dr0, eax
        mov eax, 0x000F0400
        mov dr7, eax
        mov [datum], eax
        cmp dword [count], 0
        jne fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al

clear:  xor eax, eax
        mov dr7, eax
        mov dr6, eax
        mov [count], eax
        mov dword [most], 1000
        ret
debugged:
        push eax
        mov [at_ecx], ecx
        mov eax, [esp + 4]
        mov [at_ip], eax
        mov eax, [esp + 12]
        mov [at_flags], eax
        inc dword [count]
        mov eax, [count]
        cmp eax, [most]
        jb .on
        xor eax, eax
        mov dr7, eax
.on:    mov eax, [resume_flag]
        or [esp + 12], eax
        pop eax
        iretd
before:
after:  ret
align 4
count:  dd 0
most:   dd 1000
resume_flag: dd 0
at_ip:  dd 0
at_ecx: dd 0
at_flags: dd 0
        dd 0
datum:  dd 0, 0
        row "none"
        nop
        rows_end table
align 16
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
gdtr:   dw $ - gdt - 1
        dd gdt
