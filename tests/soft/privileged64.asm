; What each instruction of an operating system does at ring 0 and at ring 3 of 64-bit code: a row
; for each, a column for each ring.
; /// applet
; ring = 0
; ///
bits 64
org 0x100000
%define LDT 0x48
%define GATE 0x5B
        jmp start
%include "lab64.inc"
start:  call set_up
        mov rax, cr0
        mov [rel control0], rax
        mov rax, cr4
        mov [rel control4], rax
        mov ecx, 0xC0000080
        rdmsr
        mov [rel efer], eax
        mov rsi, table
        mov rbx, rings
        call run_rows
        mov rsi, outer
        mov rbx, ring3
        call run_rows
        mov rax, cr4                    ; TSD, UMIP, FSGSBASE
        or eax, 0x10804
        mov [rel control4], rax
        mov cr4, rax
        mov rsi, guarded
        mov rbx, rings
        call run_rows
        xor eax, eax
        out 0xE3, al
before: ret
after:  mov rax, [rel control0]
        mov cr0, rax
        mov rax, [rel control4]
        mov cr4, rax
        mov ecx, 0xC0000080
        mov eax, [rel efer]
        xor edx, edx
        wrmsr
        mov byte [abs gdt + TASK + 5], 0x89
        mov eax, TASK
        ltr ax
        ret
align 8
control0: dq 0
control4: dq 0
efer:   dq 0
rings:  db 1, 4, 0
ring3:  db 4, 0

        row "lgdt [gdtr]"
        lgdt [rel gdtr]
        row "lgdt of an address that is none"
        lgdt [rel wild]
        row "lidt [idtr]"
        lidt [rel idtr]
        row "sgdt"
        sgdt [rel scratch]
        mov rax, [rel scratch + 2]
        sub rax, gdt
        row "sidt"
        sidt [rel scratch]
        mov rax, [rel scratch + 2]
        sub rax, idt
        row "lldt of null"
        lldt ax
        row "lldt of a table"
        mov eax, LDT
        lldt ax
        sldt eax
        row "lldt of data"
        mov eax, DATA0
        lldt ax
        row "ltr of the busy task"
        mov eax, TASK
        ltr ax
        row "str rax"
        str rax
        row "smsw rax"
        smsw rax
        row "lmsw ax"
        lmsw ax
        row "mov rax, cr0"
        mov rax, cr0
        row "mov cr0, a bit above 32"
        mov rax, 0x100000000
        mov rbx, cr0
        or rax, rbx
        mov cr0, rax
        row "mov cr0 without PG"
        mov rax, cr0
        btr rax, 31
        mov cr0, rax
        row "mov cr3, a bit above 52"
        mov rax, 1 << 60
        mov cr3, rax
        row "mov cr4 without PAE"
        mov rax, cr4
        btr rax, 5
        mov cr4, rax
        row "mov cr4, a bit that is none"
        mov rax, cr4
        bts rax, 40
        mov cr4, rax
        row "mov rax, cr8"
        mov rax, cr8
        row "mov cr8, 5"
        mov eax, 5
        mov cr8, rax
        xor ebx, ebx
        mov rax, cr8
        mov cr8, rbx
        row "mov cr8, 16"
        mov eax, 16
        mov cr8, rax
        row "mov dr7, a bit above 32"
        mov rax, 1 << 40
        mov dr7, rax
        row "mov rax, dr6"
        mov rax, dr6
        row "mov dr8"
        db 0x44, 0x0F, 0x23, 0xC0
        row "clts"
        clts
        row "wbinvd"
        wbinvd
        row "invlpg of an address that is none"
        mov rax, 1 << 60
        invlpg [rax]
        xor eax, eax
        row "rdmsr of EFER"
        mov ecx, 0xC0000080
        rdmsr
        and eax, 0x500
        row "wrmsr of LSTAR, an address that is none"
        mov ecx, 0xC0000082
        mov edx, 0x10000000
        wrmsr
        row "wrmsr of SFMASK, a bit above 32"
        mov ecx, 0xC0000084
        mov edx, 1
        wrmsr
        row "wrmsr of FS_BASE, and a read there"
        mov ecx, 0xC0000100
        mov eax, scratch
        wrmsr
        mov dword [rel scratch], 0x77
        mov eax, [fs:0]
        row "wrmsr of EFER without LME"
        mov ecx, 0xC0000080
        rdmsr
        btr eax, 8
        wrmsr
        row "swapgs, twice"
        swapgs
        swapgs
        row "rdtsc"
        rdtsc
        xor eax, eax
        row "rdtscp"
        rdtscp
        mov eax, ecx
        row "rdfsbase, off"
        rdfsbase rax
        row "syscall, off"
        syscall
        row "sysret, off"
        o64 sysret
        row "sysenter without a segment"
        sysenter
        row "sysexit without a segment"
        o64 sysexit
        row "cli"
        cli
        row "sti"
        sti
        row "popfq of IF and IOPL"
        push 0x3202
        popfq
        pushfq
        pop rax
        and eax, 0x3200
        row "popfq of VM, RF and what is none"
        mov rax, 0xFFFFFFFF00038002
        push rax
        popfq
        pushfq
        pop rax
        row "lar of ring 0's code"
        mov ecx, CODE0
        lar eax, ecx
        and eax, 0xF0FF00
        row "lar of the task"
        mov ecx, TASK
        lar eax, ecx
        and eax, 0xF0FF00
        row "lar of a gate"
        mov ecx, GATE
        lar eax, ecx
        row "lsl of the task"
        mov ecx, TASK
        lsl eax, ecx
        row "verw of ring 3's data"
        mov ecx, DATA3
        verw cx
        setz al
        row "int3"
        int3
        row "int1"
        int1
        row "ud2"
        ud2
        row "into"
        db 0xCE
        row "push cs"
        db 0x0E
        row "daa"
        db 0x27
        row "call far, direct"
        db 0x9A
        row "int 0x20"
        int 0x20
        row "mov ss, null"
        mov ss, eax
        row "mov ds, null, and use it"
        mov ds, eax
        mov eax, [rel scratch]
        mov eax, DATA3
        mov ds, eax
        xor eax, eax
        row "mov ss, ring 0's data"
        mov ecx, DATA0
        mov ss, ecx
        row "jmp to where no address is"
        mov rax, 1 << 47
        jmp rax
        row "ret to where no address is"
        mov rax, 1 << 63
        push rax
        ret
        row "call to where no address is"
        mov rax, 1 << 47
        call rax
        row "code in the upper half"
        mov rax, HIGH
        add rax, .there
        jmp rax
.there: lea rax, [rel .there]
        sub rax, .there
        row "a read where no address is"
        mov rax, 1 << 47
        mov al, [rax]
        row "the same by the stack pointer"
        mov rax, 1 << 47
        mov ecx, [rax + rsp]
        row "the same by rbp"
        mov rbp, 1 << 47
        mov ecx, [rbp]
        row "a word across the end of the lower half"
        mov rax, 0x7FFFFFFFFFFF
        mov ax, [rax]
        row "page 0x1000000, which is not there"
        mov eax, [abs 0x1000010]
        row "a write there"
        mov [abs 0x1000010], eax
        row "a call there"
        mov eax, 0x1000010
        call rax
        row "call far through memory, to ring 0's code"
        call dword far [rel to_code0]
        row "retfq to ring 0's code"
        push CODE0
        push .there
        retfq
.there:
        row "retfq to compatibility mode"
        push CODE3_32
        push .there
        retfq
.there:
bits 32
        int 0x40
bits 64
        row "jmp to 32-bit code of ring 0"
        jmp dword far [rel to_code0_32]
        row "call through a gate to ring 0"
        call dword far [rel to_gate]
        row "iretq to null"
        push DATA3
        push rsp
        push 2
        push 0
        push 0
        iretq
        row "iretq with NT"
        push 0x4002
        popfq
        iretq
        row "iretq with a null stack to this ring"
        mov eax, cs
        mov ecx, esp
        mov edx, eax
        and edx, 3
        push rdx
        push rcx
        push 2
        push rax
        push .there
        iretq
.there: mov eax, ss
        row "nop of 16 bytes"
        times 15 db 0x66
        nop
        row "lock and a register"
        db 0xF0, 0x48, 0x01, 0xC8
        row "cmpxchg16b, not aligned"
        cmpxchg16b [rel scratch + 8]
        rows_end table

        row "hlt"
        hlt
        row "in al, 0x70"
        in al, 0x70
        row "out 0x80, al"
        out 0x80, al
        row "a push where no address is"
        mov rsp, (1 << 47) + 8
        push rax
        rows_end outer

        row "CR4.TSD: rdtsc"
        rdtsc
        xor eax, eax
        row "CR4.TSD: rdtscp"
        rdtscp
        xor eax, eax
        row "CR4.UMIP: sgdt"
        sgdt [rel scratch]
        row "CR4.UMIP: str"
        str eax
        row "CR4.UMIP: smsw"
        smsw [rel scratch]
        row "CR4.FSGSBASE: wrfsbase, rdfsbase"
        mov rbx, 0xFFFF800000001234
        wrfsbase rbx
        rdfsbase rax
        row "CR4.FSGSBASE: wrgsbase of an address that is none"
        mov rbx, 1 << 47
        wrgsbase rbx
        rows_end guarded

gated:  mov eax, cs
        retfq
code0:  int 0x40
align 8
to_code0: dd code0
        dw CODE0
align 8
to_code0_32: dd compatible
        dw CODE0_32
align 8
to_gate: dd 0
        dw GATE
bits 32
compatible:
        mov eax, cs
        int 0x40
bits 64
align 16
gdt:    dq 0
        dq 0x00AF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 32-bit code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dq 0x00AFFB000000FFFF           ; 0x28 code, ring 3
        dq 0x00CF9B000000FFFF           ; 0x30 32-bit code, ring 0
        dw tss_end - tss - 1, tss - $$, 0x8910, 0, 0, 0, 0, 0 ; 0x38 task
        dw 7, gdt - $$, 0x8210, 0, 0, 0, 0, 0 ; 0x48 a local table
        dw gated - $$, CODE0, 0xEC00, 0x10, 0, 0, 0, 0 ; 0x58 call gate
gdt_end:
gdtr:   dw gdt_end - gdt - 1
        dq gdt
wild:   dw 0x67
        dq 1 << 47
align 16
scratch: dq 0, 0, 0, 0
