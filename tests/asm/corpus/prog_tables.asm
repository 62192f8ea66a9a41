; GDT, IDT and TSS built by macros: split bases, gates for all vectors, handlers by %rep.
        org 0x100000
        bits 64
%macro descriptor 3             ; base, limit, attributes
        dw (%2) & 0xffff
        dw (%1) & 0xffff
        db ((%1) >> 16) & 0xff
        dw ((%3) & 0xf0ff) | (((%2) >> 8) & 0x0f00)
        db ((%1) >> 24) & 0xff
%endmacro
%define present 0x80
%define ring(n) ((n) << 5)
%macro gate 2-3 0x8e00
        dw (handlers + (%1)*16 - $$ + 0x100000) & 0xffff
        dw %2
        dw %3
        dw ((handlers + (%1)*16 - $$ + 0x100000) >> 16) & 0xffff
        dd 0, 0
%endmacro
entry:  lgdt [rel gdt_pointer]
        lidt [rel idt_pointer]
        mov ax, tss_selector
        ltr ax
        mov rsp, stack_top
        push qword 0x10
        push rsp
        pushfq
        push qword 0x08
        lea rax, [rel .reload]
        push rax
        iretq
.reload:
        int 0x80
        ud2
        align 16
handlers:
%assign vector 0
%rep 48
  %if vector = 8 || (vector >= 10 && vector <= 14) || vector = 17
        nop
        nop
  %else
        push byte 0
  %endif
        push strict dword vector
        jmp strict near shared
        align 16, int3
  %assign vector vector+1
%endrep
shared: push rax
        push rcx
        mov rax, [rsp+16]
        pop rcx
        pop rax
        add rsp, 16
        iretq
        align 8
gdt:    descriptor 0, 0, 0
        descriptor 0, 0xfffff, 0xa09a
        descriptor 0, 0xfffff, 0xc092
        descriptor 0, 0xfffff, 0xa0fa
tss_selector equ $-gdt
        descriptor (tss-$$+0x100000), tss_end-tss-1, 0x0089
        dq 0
gdt_pointer:
        dw $-gdt-1
        dq gdt
idt:
%assign vector 0
%rep 48
  %if vector == 3
        gate vector, 0x08, 0xee00
  %else
        gate vector, 0x08
  %endif
  %assign vector vector+1
%endrep
idt_pointer:
        dw $-idt-1
        dq idt
tss:    dd 0
        dq stack_top, 0, 0, 0
        times 8 dq 0
        dw 0, tss_end-tss
tss_end:
        section .bss nobits align=16
        resb 4096
stack_top:
