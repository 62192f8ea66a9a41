; Gates and stacks of long mode: the interrupt stack table, RSP0, the null stack segment, gates that
; are wrong, `syscall` and its like, interrupts from compatibility mode, page faults on the way to a
; handler, alignment checks.
; /// applet
; ring = 0
; ///
bits 64
org 0x100000
%define GATE 0x4B
%define GATE_TO_32 0x5B
%define GATE_ODD 0x6B
        jmp start
%include "lab64.inc"
start:  call set_up
        mov ecx, 0xC0000080             ; SCE, NXE
        rdmsr
        or eax, 0x801
        wrmsr
        mov ecx, 0xC0000081             ; STAR: 0x18 and 0x20, 0x08 and 0x10
        xor eax, eax
        mov edx, 0x001B0008
        wrmsr
        mov ecx, 0xC0000082             ; LSTAR
        mov eax, called
        xor edx, edx
        wrmsr
        mov ecx, 0xC0000084             ; SFMASK: DF, TF
        mov eax, 0x500
        wrmsr
        mov ecx, 0x174                  ; SYSENTER
        mov eax, CODE0
        wrmsr
        mov ecx, 0x175
        mov eax, test_stack
        wrmsr
        mov ecx, 0x176
        mov eax, entered
        wrmsr
        mov rsi, table
        mov rbx, both
        call run_rows
        mov rsi, outer
        mov rbx, ring3
        call run_rows
        mov rsi, inner
        mov rbx, ring0
        call run_rows
        mov rax, cr0                    ; AM
        bts rax, 18
        mov cr0, rax
        mov dword [rel start_flags], 0x40002
        mov rsi, aligned
        mov rbx, both
        call run_rows
        xor eax, eax
        out 0xE3, al
before: ret
after:  push rdx
        call fill_idt
        pop rdx
        lidt [rel idtr]
        mov dword [rel tables + 0x2038], 0xE00087
        mov rax, cr3
        mov cr3, rax
        mov word [abs gdt + TASK], tss_end - tss - 1
        mov byte [abs gdt + TASK + 5], 0x89
        mov eax, TASK
        ltr ax
        ret
both:   db 1, 4, 0
ring3:  db 4, 0
ring0:  db 1, 0

; A gate of the IDT: vector, selector, offset, type and present, stack.
%macro gate_to 5
        mov dword [abs idt + %1 * 16], ((%2) << 16) | ((%3) - $$)
        mov dword [abs idt + %1 * 16 + 4], 0x100000 | ((%4) << 8) | (%5)
%endmacro

        row "an interrupt: ss, and the low bits of the stack pointer"
        gate_to 0x21, CODE0, show_stack, 0xEE, 0
        push rax
        int 0x21
        row "by IST 1: bytes on it"
        gate_to 0x21, CODE0, show_ist, 0xEE, 1
        int 0x21
        row "by IST 2, which is not aligned: bytes below 16"
        gate_to 0x21, CODE0, show_ist, 0xEE, 2
        int 0x21
        row "int 0x21 by IST 3, no address"
        gate_to 0x21, CODE0, show_ist, 0xEE, 3
        int 0x21
        row "#UD by IST 3, no address"
        gate_to 6, CODE0, show_ist, 0x8E, 3
        ud2
        row "#UD by a gate of 32 bits"
        gate_to 6, CODE0, show_ist, 0x86, 0
        ud2
        row "#UD by a task gate"
        gate_to 6, CODE0, show_ist, 0x85, 0
        ud2
        row "#UD by a gate to 32-bit code"
        gate_to 6, CODE0_32, show_ist, 0x8E, 0
        ud2
        row "#UD by a gate to no address"
        mov dword [abs idt + 6 * 16 + 8], 0x8000
        ud2
        row "#UD by a gate that is not present"
        gate_to 6, CODE0, show_ist, 0x0E, 0
        ud2
        row "#DE by a gate that is not present: #DF"
        gate_to 0, CODE0, show_ist, 0x0E, 0
        div ecx
        row "a call gate: ss, and the low bits of the stack pointer"
        call dword far [rel to_gate]
        row "a call gate to 32-bit code"
        call dword far [rel to_gate_32]
        row "a call gate with a type in its upper half"
        call dword far [rel to_gate_odd]
        row "a call gate of ring 0's code by jmp"
        push CODE0
        push .there
        jmp dword far [rel to_gate]
.there:
        row "iretq to no address"
        mov eax, ss
        push rax
        push rsp
        push 2
        mov eax, cs
        push rax
        mov rax, 1 << 47
        push rax
        iretq
        row "syscall: cs, ss"
        mov eax, 1
        syscall
        row "syscall: rcx is behind it"
        mov eax, 2
        syscall
behind_syscall:
        row "syscall: flags in r11, and those at the entry"
        mov eax, 3
        push 0xC03
        popfq
        syscall
        row "sysenter: cs, ss"
        mov eax, 1
        sysenter
        row "sysenter: the stack"
        mov eax, 4
        sysenter
        rows_end table

        row "from compatibility mode: an interrupt"
        gate_to 0x21, CODE0, show_cs, 0xEE, 0
        push CODE3_32
        push .there
        retfq
bits 32
.there: int 0x21
        int 0x40
bits 64
        row "from compatibility mode: syscall"
        push CODE3_32
        push .there
        retfq
bits 32
.there: syscall
bits 64
        row "from compatibility mode: sysenter"
        push CODE3_32
        push .there
        retfq
bits 32
.there: mov eax, 1
        sysenter
bits 64
        row "from compatibility mode: a call gate"
        push CODE3_32
        push .there
        retfq
bits 32
.there: call GATE:0
        int 0x40
bits 64
        row "compatibility mode: addresses wrap at 4 GiB"
        mov dword [rel scratch], 0x1234
        push CODE3_32
        push .there
        retfq
bits 32
.there: mov ebx, 0xFFFFFFFF
        mov eax, [ebx + scratch + 1]
        int 0x40
bits 64
        rows_end outer

        row "int 0x50, its gate on a page that is not there"
        mov esi, idt
        mov edi, 0xDFFC00
        mov ecx, 0x400
        rep movsb
        xor edi, edi
        lidt [rel split]
        mov dword [rel tables + 0x2038], 0xE00086
        invlpg [abs 0xE00000]
        int 0x50
        row "#UD, the limit of the task state is too small for its stack"
        mov word [abs gdt + TASK], 0x24
        mov byte [abs gdt + TASK + 5], 0x89
        mov eax, TASK
        ltr ax
        gate_to 6, CODE0, show_ist, 0x8E, 1
        ud2
        row "sysret to 64-bit code: cs, ss"
        mov ecx, .there
        mov r11d, 0x3202
        o64 sysret
.there: mov eax, cs
        shl eax, 16
        mov ecx, ss
        mov ax, cx
        row "sysret to 32-bit code: cs, ss"
        mov ecx, .there
        mov r11d, 2
        o32 sysret
bits 32
.there: mov eax, cs
        shl eax, 16
        mov ecx, ss
        mov ax, cx
        int 0x40
bits 64
        row "sysret: the flags of r11"
        mov ecx, .there
        mov r11d, 0x257ED7
        o64 sysret
.there: pushfq
        pop rax
        row "sysret to no address"
        mov rcx, 1 << 47
        mov r11d, 2
        o64 sysret
        row "sysexit to 64-bit code: cs, ss"
        mov edx, .there
        mov ecx, user_stack
        o64 sysexit
.there: mov eax, cs
        shl eax, 16
        mov ecx, ss
        mov ax, cx
        row "sysexit to 32-bit code: cs, ss"
        mov edx, .there
        mov ecx, user_stack
        o32 sysexit
bits 32
.there: mov eax, cs
        shl eax, 16
        mov ecx, ss
        mov ax, cx
        int 0x40
bits 64
        row "to ring 3: segments of ring 0 become null"
        mov eax, DATA0
        mov ds, eax
        mov fs, eax
        push DATA3
        push user_stack
        push CODE3
        push .there
        retfq
.there: mov eax, ds
        mov ecx, fs
        or eax, ecx
        mov ecx, DATA3
        mov ds, ecx
        rows_end inner

        row "EFLAGS.AC: a word at an odd address"
        mov ax, [rel scratch + 1]
        xor eax, eax
        row "a doubleword at an even one"
        mov eax, [rel scratch + 2]
        xor eax, eax
        row "a quadword at a multiple of 4, written"
        mov [rel scratch + 4], rax
        row "a push"
        lea rsp, [rsp - 4]
        push rax
        row "a byte"
        mov al, [rel scratch + 1]
        xor eax, eax
        row "xchg"
        xchg eax, [rel scratch + 1]
        row "movsd"
        mov esi, scratch
        mov edi, scratch + 5
        movsd
        rows_end aligned

show_stack:
        mov eax, ss
        shl eax, 16
        mov ax, sp
        and eax, 0xFFFF000F
        iretq
show_ist:
        mov eax, ist_stack
        sub eax, esp
        iretq
show_cs: mov eax, [rsp + 8]
        iretq
gated:  mov eax, ss
        shl eax, 16
        mov ax, sp
        and eax, 0xFFFF000F
        retfq
show:   mov eax, cs
        shl eax, 16
        mov dx, ss
        mov ax, dx
        int 0x40
called: cmp eax, 1
        je show
        cmp eax, 2
        jne .flags
        mov rax, rcx
        sub rax, behind_syscall
        int 0x40
.flags: pushfq
        pop rax
        shl rax, 32
        or rax, r11
        int 0x40
entered: cmp eax, 4
        jne show
        mov eax, esp
        sub eax, test_stack
        int 0x40
align 8
to_gate: dd 0
        dw GATE
align 8
to_gate_32: dd 0
        dw GATE_TO_32
align 8
to_gate_odd: dd 0
        dw GATE_ODD
align 16
gdt:    dq 0
        dq 0x00AF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 32-bit code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dq 0x00AFFB000000FFFF           ; 0x28 code, ring 3
        dq 0x00CF9B000000FFFF           ; 0x30 32-bit code, ring 0
        dw tss_end - tss - 1, tss - $$, 0x8910, 0, 0, 0, 0, 0 ; 0x38 task
        dw gated - $$, CODE0, 0xEC00, 0x10, 0, 0, 0, 0 ; 0x48 call gate
        dw gated - $$, CODE0_32, 0xEC00, 0x10, 0, 0, 0, 0 ; 0x58
        dw gated - $$, CODE0, 0xEC00, 0x10, 0, 0, 0x0C00, 0 ; 0x68
gdt_end:
gdtr:   dw gdt_end - gdt - 1
        dq gdt
split:  dw 0xFFF
        dq 0xDFFC00
align 16
scratch: dq 0, 0, 0, 0
