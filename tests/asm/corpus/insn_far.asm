; Far jumps, calls and returns in every form: immediate, by memory, with sizes, in three widths.
        bits 16
        jmp 0x1234:0x5678
        call 0x1234:0x5678
        jmp 0:label
        call 0xffff:0
        jmp far [bx]
        call far [bx]
        jmp far word [bx]
        jmp far dword [bx]
        call far dword [si+4]
        jmp word 0x1234:0x5678
        jmp dword 0x1234:0x56789abc
        call dword 0x08:label
        jmp far [label]
        call far [es:di]
        jmp 8:dword label
        retf
        retf 2
        o32 retf
        o32 retf 4
seg0    equ 0x40
        jmp seg0:label
        jmp seg0+8:label+2
        jmp (1+2)*8:(label-$$)
label:  dw 0, 0
        bits 32
        jmp 0x08:label32
        call 0x08:label32
        jmp word 0x08:0x1234
        jmp dword 0x08:0x12345678
        jmp far [eax]
        jmp far dword [eax]
        jmp far word [eax]
        call far [label32]
        call far word [ebx+4]
        retf
        retf 8
        o16 retf
label32: dd 0
        bits 64
        jmp far [rax]
        jmp far dword [rax]
        jmp far qword [rax]
        jmp far word [rax]
        call far [rel label64]
        call far dword [r8]
        call far qword [rax+8]
        retf
        o64 retf
        retfq
        retfw
        retfd
label64: dq 0
