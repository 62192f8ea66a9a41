; What each instruction of an operating system does at ring 0 and at ring 3 of 32-bit protected
; mode: a row for each, a column for each ring.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
%define GATE 0x33
%define ABSENT 0x3B
%define LDT 0x40
        jmp start
%include "lab32.inc"
start:  call set_up
        mov eax, cr0
        mov [control0], eax
        mov eax, cr4
        mov [control4], eax
        mov esi, table
        mov ebx, rings
        call run_rows
        mov esi, outer
        mov ebx, ring3
        call run_rows
        mov eax, cr4                    ; TSD, UMIP
        or eax, 0x804
        mov [control4], eax
        mov cr4, eax
        mov esi, guarded
        mov ebx, rings
        call run_rows
        mov dword [start_flags], 0x3002 ; IOPL 3
        mov esi, allowed
        mov ebx, ring3
        call run_rows
        xor eax, eax
        out 0xE3, al
before: ret
after:  mov eax, [control0]
        mov cr0, eax
        mov eax, [control4]
        mov cr4, eax
        mov byte [gdt + TASK + 5], 0x89
        mov eax, TASK
        ltr ax
        ret
control0: dd 0
control4: dd 0
rings:  db 1, 4, 0
ring3:  db 4, 0

        row "lgdt [gdtr]"
        lgdt [gdtr]
        row "lidt [idtr]"
        lidt [idtr]
        row "sgdt [scratch]"
        sgdt [scratch]
        row "sidt [scratch]"
        sidt [scratch]
        row "lldt of null"
        lldt ax
        row "lldt of data"
        mov eax, DATA0
        lldt ax
        row "lldt of a descriptor in the LDT"
        mov eax, 4
        lldt ax
        row "lldt beyond the GDT"
        mov eax, 0x100
        lldt ax
        row "ltr of null"
        ltr ax
        row "ltr of the busy task"
        mov eax, TASK
        ltr ax
        row "sldt eax"
        sldt eax
        row "str eax"
        str eax
        row "smsw eax"
        smsw eax
        row "lmsw ax"
        lmsw ax
        smsw eax
        row "mov eax, cr0"
        mov eax, cr0
        row "mov cr0, PE MP ET NE WP"
        mov eax, 0x10033
        mov cr0, eax
        mov eax, cr0
        row "mov cr0, PG without PE"
        mov eax, 0x80000032
        mov cr0, eax
        row "mov cr0, NW without CD"
        mov eax, 0x20000033
        mov cr0, eax
        row "mov eax, cr1"
        db 0x0F, 0x20, 0xC8
        row "mov eax, cr2"
        mov eax, cr2
        row "mov cr2, eax"
        mov cr2, eax
        row "mov cr3, eax"
        mov cr3, eax
        row "mov eax, cr4: OSFXSR, OSXMMEXCPT"
        mov eax, cr4
        and eax, 0x7FF
        row "mov cr4, a bit that is none"
        mov eax, 0x80000000
        mov cr4, eax
        row "mov eax, cr5"
        db 0x0F, 0x20, 0xE8
        row "mov dr0, eax"
        mov dr0, eax
        row "mov eax, dr7"
        mov eax, dr7
        row "mov eax, dr4, which is dr6"
        mov eax, dr4
        row "mov eax, dr4 with CR4.DE"
        mov eax, cr4
        or al, 8
        mov cr4, eax
        mov eax, dr4
        row "mov eax, dr0 with DR7.GD"
        mov eax, 0x2400
        mov dr7, eax
        mov eax, dr0
        row "mov eax, dr6 behind it"
        mov eax, dr6
        row "mov eax, dr7 behind it"
        mov eax, dr7
        row "clts"
        clts
        row "invd"
        invd
        row "wbinvd"
        wbinvd
        row "invlpg [0]"
        invlpg [0]
        row "rdmsr of SYSENTER_CS"
        mov ecx, 0x174
        rdmsr
        row "rdmsr of none"
        mov ecx, 0x12345
        rdmsr
        row "wrmsr of SYSENTER_CS"
        mov ecx, 0x174
        wrmsr
        row "wrmsr of EFER, a bit that is none"
        mov ecx, 0xC0000080
        mov eax, 2
        wrmsr
        row "wrmsr of PAT, a type that is none"
        mov ecx, 0x277
        mov eax, 2
        wrmsr
        row "rdtsc"
        rdtsc
        xor eax, eax
        row "rdpmc of none"
        mov ecx, 0xFFFF
        rdpmc
        row "cpuid"
        cpuid
        xor eax, eax
        row "cli"
        cli
        row "sti"
        sti
        row "popfd of IF and IOPL"
        push dword 0x3202
        popfd
        pushfd
        pop eax
        and eax, 0x3200
        row "in al, 0xEC"
        in al, 0xEC
        row "lar of ring 0's code"
        mov ecx, CODE0
        lar eax, ecx
        and eax, 0xF0FF00
        row "lar of ring 3's data"
        mov ecx, DATA3
        lar eax, ecx
        and eax, 0xF0FF00
        row "lar of null"
        lar eax, ecx
        row "lar of a call gate"
        mov ecx, GATE
        lar eax, ecx
        row "lar of what is not present"
        mov ecx, ABSENT
        lar eax, ecx
        and eax, 0xF0FF00
        row "lar beyond the GDT"
        mov ecx, 0x103
        lar eax, ecx
        row "lsl of ring 0's code"
        mov ecx, CODE0
        lsl eax, ecx
        row "lsl of the task"
        mov ecx, TASK
        lsl eax, ecx
        row "lsl of a call gate"
        mov ecx, GATE
        lsl eax, ecx
        row "verr of ring 0's code"
        mov ecx, CODE0
        verr cx
        setz al
        row "verr of ring 3's data"
        mov ecx, DATA3
        verr cx
        setz al
        row "verw of ring 3's data"
        mov ecx, DATA3
        verw cx
        setz al
        row "verw of ring 3's code"
        mov ecx, CODE3
        verw cx
        setz al
        row "arpl"
        mov eax, DATA0
        mov ecx, 3
        arpl ax, cx
        row "bound, inside"
        mov ecx, 3
        bound ecx, [bounds]
        row "bound, outside"
        mov ecx, 4
        bound ecx, [bounds]
        row "into"
        mov cl, 127
        inc cl
        into
        row "int3"
        int3
        row "int1"
        int1
        row "ud2"
        ud2
        row "ud1"
        ud1 eax, eax
        row "int 0x20"
        int 0x20
        row "div by 0"
        div ecx
        row "idiv of the least number by -1"
        mov edx, 0x80000000
        dec ecx
        idiv ecx
        row "aam 0"
        aam 0
        row "sysenter without a segment"
        sysenter
        row "sysexit without a segment"
        sysexit
        row "syscall, off"
        syscall
        row "swapgs"
        db 0x0F, 0x01, 0xF8
        row "mov ss, null"
        mov ss, eax
        row "mov ss, another ring's data"
        mov ecx, DATA3 & ~3
        mov ss, ecx
        row "mov ss, code"
        mov ecx, CODE0
        mov ss, ecx
        row "mov ss, what is not present"
        mov ecx, ABSENT
        mov ss, ecx
        row "mov ds, what is not present"
        mov ecx, ABSENT
        mov ds, ecx
        row "mov ds, ring 0's data"
        mov ecx, DATA0
        mov ds, ecx
        row "mov ds, a task"
        mov ecx, TASK
        mov ds, ecx
        row "mov ds, null, and use it"
        mov ds, eax
        mov eax, [0]
        row "mov cs, eax"
        db 0x8E, 0xC8
        row "write to code"
        mov [cs:scratch], eax
        row "jmp to null"
        jmp 0:0
        row "jmp to data"
        jmp DATA3:0
        row "jmp to ring 0's code"
        jmp CODE0:.there
.there:
        row "jmp to ring 3's code"
        jmp CODE3:.there
.there:
        row "jmp beyond the GDT"
        jmp 0x103:0
        row "jmp through a call gate to ring 0"
        push dword CODE0
        push dword .there
        jmp GATE:0
.there:
        row "call through a call gate to ring 0"
        call GATE:0
        row "retf to ring 0"
        push dword CODE0
        push dword .there
        retf
.there:
        row "iretd to ring 0"
        push dword 2
        push dword CODE0
        push dword .there
        iretd
.there:
        row "retf to null"
        push dword 0
        push dword 0
        retf
        row "iretd with NT, without a link"
        push dword 0x4002
        popfd
        iretd
        row "lock nop"
        db 0xF0
        nop
        row "lock add [scratch], al"
        lock add [scratch], al
        row "lock add eax, ecx"
        db 0xF0, 0x01, 0xC8
        row "lock cmp [scratch], ecx"
        db 0xF0
        cmp [scratch], ecx
        row "lock mov [scratch], ecx"
        db 0xF0
        mov [scratch], ecx
        row "nop of 15 bytes"
        times 14 db 0x66
        nop
        row "nop of 16 bytes"
        times 15 db 0x66
        nop
        row "mov of 16 bytes"
        times 6 db 0x3E
        mov dword [scratch], 0
        row "an opcode that is none, of 15 bytes"
        times 13 db 0x66
        ud2
        rows_end table

        row "hlt"
        hlt
        row "in al, 0x70"
        in al, 0x70
        row "out 0x80, al"
        out 0x80, al
        row "in ax, 0xEF"
        in ax, 0xEF
        row "insb"
        mov dx, 0x70
        insb
        row "outsd"
        mov dx, 0xED
        outsd
        row "rep outsb of none"
        rep outsb
        rows_end outer

        row "CR4.TSD: rdtsc"
        rdtsc
        xor eax, eax
        row "CR4.UMIP: sgdt [scratch]"
        sgdt [scratch]
        row "CR4.UMIP: sidt [scratch]"
        sidt [scratch]
        row "CR4.UMIP: sldt ax"
        sldt ax
        row "CR4.UMIP: str ax"
        str ax
        xor eax, eax
        row "CR4.UMIP: smsw ax"
        smsw ax
        rows_end guarded

        row "IOPL 3: cli"
        cli
        row "IOPL 3: sti"
        sti
        row "IOPL 3: in al, 0xEC"
        in al, 0xEC
        row "IOPL 3: popfd of IF and IOPL"
        push dword 0x202
        popfd
        pushfd
        pop eax
        and eax, 0x3200
        row "IOPL 3: hlt"
        hlt
        rows_end allowed

gated:  retf
align 16
bounds: dd 0, 3
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
        dw gated - $$, CODE0, 0xEC00, 0x0010 ; 0x30 call gate
        dq 0x00CF73000000FFFF           ; 0x38 data, ring 3, not present
        dq 0
gdtr:   dw $ - gdt - 1
        dd gdt
scratch: dq 0, 0
