; A single step over instructions of every kind, at ring 0 and at ring 3: where the trap comes, or
; what comes instead of it. DR6.BS is set by it: `!` if not. `push` and `popfd`, which set the trap
; flag, are 6 bytes.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
%define GATE 0x33
        jmp start
%include "lab32.inc"
start:  call set_up
        mov byte [idt + 0x21 * 8 + 5], 0xEE
        mov ecx, 0x174                  ; SYSENTER: to this code at ring 0
        mov eax, CODE0
        xor edx, edx
        wrmsr
        mov ecx, 0x175
        mov eax, test_stack
        wrmsr
        mov ecx, 0x176
        mov eax, entered
        wrmsr
        mov esi, table
        mov ebx, rings
        call run_rows
        xor eax, eax
        out 0xE3, al
before: xor eax, eax
        mov dr6, eax
        ret
after:  cmp dword [vector], 1
        jne .end
        mov eax, dr6
        and eax, 0xF00F
        cmp eax, 0x4000
        je .end
        mov al, '!'
        out 0xE1, al
.end:   ret
rings:  db 1, 4, 0
; Sets the trap flag: the trap comes behind the next instruction.
%macro step 0
        push dword 0x102
        popfd
%endmacro

        row "nop"
        step
        nop
        row "add eax, 1"
        step
        add eax, 1
        row "push ebp"
        step
        push ebp
        row "mov [scratch], eax"
        step
        mov [scratch], eax
        row "jmp"
        step
        jmp .there
        nop
.there: nop
        row "jnz, not taken"
        step
        jnz $ + 9
        row "jz, taken"
        step
        jz $ + 9
        times 9 nop
        row "call"
        step
        call .there
.there: nop
        row "loop, ecx 0"
        step
        loop $ + 9
        times 9 nop
        row "rep movsb of 0"
        step
        rep movsb
        row "rep movsb of 3: a trap for each"
        mov ecx, 3
        mov esi, scratch
        mov edi, esi
        step
        rep movsb
        row "its last one"
        mov ecx, 1
        mov esi, scratch
        mov edi, esi
        step
        rep movsb
        row "mov ss: the trap comes one later"
        mov eax, ss
        step
        mov ss, eax
        nop
        row "pop ss: so too"
        push ss
        push dword 0x102
        popfd
        pop ss
        nop
        row "mov ds: not so"
        step
        mov ds, ecx
        nop
        row "pushfd shows TF"
        step
        pushfd
        row "popfd that clears TF: still a trap"
        push dword 2
        step
        popfd
        row "int3"
        step
        int3
        row "int 0x21"
        step
        int 0x21
        row "int1"
        step
        int1
        row "into, not taken"
        step
        into
        row "into, taken"
        push dword 0x902
        popfd
        into
        row "ud2"
        step
        ud2
        row "div by 0"
        step
        div ecx
        row "cpuid"
        step
        cpuid
        row "rdtsc"
        step
        rdtsc
        row "in al, 0xEC"
        step
        in al, 0xEC
        row "rep outsb of 0"
        mov edx, 0xE1
        step
        rep outsb
        row "lds"
        step
        lds esi, [pointer]
        row "call far"
        step
        call far [far_pointer]
        row "call through a gate"
        step
        call GATE:0
        row "sysenter"
        step
        sysenter
        row "mov eax, dr6"
        step
        mov eax, dr6
        row "mov eax, cr0"
        step
        mov eax, cr0
        row "cli"
        step
        cli
        row "bound"
        step
        bound ecx, [bounds]
        row "xchg"
        step
        xchg eax, [scratch]
        row "lock inc"
        step
        lock inc dword [scratch]
        row "enter"
        mov ebp, esp
        step
        enter 8, 2
        row "cmpxchg8b"
        step
        cmpxchg8b [scratch]
        row "iretd to this code, without TF: still a trap"
        push dword 2
        push cs
        push dword .there
        step
        iretd
        nop
.there: nop
        rows_end table

gated:  nop
        retf
entered: nop
        int 0x40
align 8
bounds: dd 0, 3
pointer: dd 0
        dw DATA3
align 4
far_pointer: dd gated
        dw CODE0
align 16
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
        dw gated - $$, CODE0, 0xEC00, 0x0010 ; 0x30 call gate
gdtr:   dw $ - gdt - 1
        dd gdt
scratch: dq 0, 0
