; Call, interrupt and trap gates of 16 and 32 bits, parameters, inner stacks that are wrong, code
; that conforms, and what comes of exceptions whose gates are wrong: the error code of the next
; exception, or a double fault.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
%define PARAMETERS 0x33
%define PARAMETERS16 0x3B
%define TO_RING1 0x43
%define CODE1 0x49
%define DATA1 0x51
%define ABSENT1 0x59
%define TINY1 0x61
%define CONFORMING 0x68
%define LOW32_3 0xA3
%define LOW16 0x78
%define LOWDATA16 0x80
%define TASK16 0x88
%define ABSENT_CODE 0x90
%define TINY_CODE 0x98
%define BASE 0x100000
        jmp start
%include "lab32.inc"
start:  call set_up
        mov esi, table
        mov ebx, both
        call run_rows
        mov esi, outer
        mov ebx, ring3
        call run_rows
        mov ax, TASK16
        ltr ax
        mov esi, small
        mov ebx, ring3
        call run_rows
        xor eax, eax
        out 0xE3, al
before: ret
after:  push edx
        call fill_idt
        pop edx
        lidt [idtr]
        mov word [tss + 16], DATA1      ; ss1, esp1
        mov dword [tss + 12], ring1_stack
        ret
both:   db 1, 4, 0
ring3:  db 4, 0

; A gate of the IDT: vector, selector, offset, type and present.
%macro gate_to 4
        mov dword [idt + %1 * 8], ((%2) << 16) | ((%3) - $$)
        mov dword [idt + %1 * 8 + 4], (BASE & 0xFFFF0000) | ((%4) << 8)
%endmacro

        row "#UD by a gate that is not present"
        mov byte [idt + 6 * 8 + 5], 0x0E
        ud2
        row "#UD by a gate of no type"
        mov byte [idt + 6 * 8 + 5], 0x8B
        ud2
        row "#UD by a gate to null"
        mov word [idt + 6 * 8 + 2], 3
        ud2
        row "#UD by a gate to data"
        mov word [idt + 6 * 8 + 2], DATA3
        ud2
        row "#UD by a gate beyond the GDT"
        mov word [idt + 6 * 8 + 2], 0x200
        ud2
        row "#UD by a gate to code that is not present"
        mov word [idt + 6 * 8 + 2], ABSENT_CODE
        ud2
        row "#UD by a gate beyond the segment"
        mov word [idt + 6 * 8 + 2], TINY_CODE
        ud2
        row "int 0x21 by a gate that is not present"
        mov byte [idt + 0x21 * 8 + 5], 0x6E
        int 0x21
        row "int 0x21 by a gate to null"
        mov byte [idt + 0x21 * 8 + 5], 0xEE
        mov word [idt + 0x21 * 8 + 2], 0
        int 0x21
        row "int 0x21 by a gate beyond the segment"
        mov byte [idt + 0x21 * 8 + 5], 0xEE
        mov word [idt + 0x21 * 8 + 2], TINY_CODE
        int 0x21
        row "int3 by a gate that is not present"
        mov byte [idt + 3 * 8 + 5], 0x6E
        int3
        row "int1 by a gate that is not present"
        mov byte [idt + 1 * 8 + 5], 0x0E
        int1
        row "#GP by a gate that is not present"
        mov byte [idt + 13 * 8 + 5], 0x0E
        mov ecx, 0x200
        mov ds, ecx
        row "#DE by a gate that is not present"
        mov byte [idt + 0 * 8 + 5], 0x0E
        div ecx
        row "#BR by a gate that is not present"
        mov byte [idt + 5 * 8 + 5], 0x0E
        mov ecx, 9
        bound ecx, [bounds]
        row "#NP by a gate of no type"
        mov byte [idt + 11 * 8 + 5], 0x80
        jmp ABSENT_CODE:0
        row "#UD whose #NP has no gate either: #DF"
        mov byte [idt + 6 * 8 + 5], 0x0E
        mov byte [idt + 11 * 8 + 5], 0x0E
        ud2
        row "a trap gate leaves IF, an interrupt gate does not"
        gate_to 0x21, CODE0, look, 0xEF
        gate_to 0x22, CODE0, look, 0xEE
        int 0x22
        int 0x21
        int 0x22
        row "an interrupt gate to code that conforms"
        gate_to 0x21, CONFORMING, show_cs, 0xEE
        int 0x21
        row "call to code that conforms"
        call CONFORMING:show_cs_far
        row "jmp to code that conforms"
        jmp CONFORMING:.there
.there: mov eax, cs
        rows_end table

        row "a call gate with 2 parameters"
        mov ebp, esp
        push dword 0x11
        push dword 0x2200
        call PARAMETERS:0
        sub ebp, esp
        add eax, ebp
        row "a call gate of 16 bits with 3 parameters"
        jmp LOW32_3:.low - $$
.low:   mov ebp, esp
        push word 0x11
        push word 0x2200
        push word 0x3
        call PARAMETERS16:0
        sub ebp, esp
        add eax, ebp
        row "an interrupt gate of 16 bits"
        gate_to 0x21, LOW16, words, 0xE6
        jmp LOW32_3:.low - $$
.low:   int 0x21
        row "a call gate to ring 1"
        call TO_RING1:0
        row "an interrupt gate to ring 1"
        gate_to 0x21, CODE1, from_ring1, 0xEE
        int 0x21
        row "to ring 1, a null stack"
        mov word [tss + 16], 0
        call TO_RING1:0
        row "to ring 1, the stack of ring 0"
        mov word [tss + 16], DATA0
        call TO_RING1:0
        row "to ring 1, a selector of ring 0"
        mov word [tss + 16], DATA1 & ~3
        call TO_RING1:0
        row "to ring 1, a stack that is code"
        mov word [tss + 16], CODE1
        call TO_RING1:0
        row "to ring 1, a stack beyond the GDT"
        mov word [tss + 16], 0x201
        call TO_RING1:0
        row "to ring 1, a stack that is not present"
        mov word [tss + 16], ABSENT1
        call TO_RING1:0
        row "to ring 1, a stack without room"
        mov word [tss + 16], TINY1
        call TO_RING1:0
        row "int 0x21 to ring 1, the stack of ring 0"
        gate_to 0x21, CODE1, from_ring1, 0xEE
        mov word [tss + 16], DATA0
        int 0x21
        row "int 0x21 to ring 1, a stack without room"
        gate_to 0x21, CODE1, from_ring1, 0xEE
        mov word [tss + 16], TINY1
        int 0x21
        row "#UD to ring 1, the stack of ring 0"
        gate_to 6, CODE1, from_ring1, 0xEE
        mov word [tss + 16], DATA0
        ud2
        row "#UD to ring 1, a stack without room"
        gate_to 6, CODE1, from_ring1, 0xEE
        mov word [tss + 16], TINY1
        ud2
        row "#UD to ring 1, a null stack"
        gate_to 6, CODE1, from_ring1, 0xEE
        mov word [tss + 16], 0
        ud2
        row "#DE to ring 1, a null stack: #DF"
        gate_to 0, CODE1, from_ring1, 0xEE
        mov word [tss + 16], 0
        div ecx
        rows_end outer

        row "by a task of 16 bits: an interrupt to ring 0"
        gate_to 0x21, CODE0, show_ss, 0xEE
        int 0x21
        row "by a task of 16 bits: a call gate to ring 0"
        push dword 0x11
        push dword 0x2200
        call PARAMETERS:0
        row "a task of 16 bits has no bitmap"
        in al, 0xEC
        rows_end small

; Adds IF at the handler to eax, doubled; sets it for what was interrupted.
look:   or dword [esp + 8], 0x200
        pushfd
        pop edx
        and edx, 0x200
        lea eax, [eax * 2 + edx]
        iretd
show_cs: mov eax, cs
        iretd
show_cs_far: mov eax, cs
        retf
show_ss: mov eax, ss
        shl eax, 16
        mov ax, sp
        sub ax, inner_stack - BASE
        neg ax
        iretd
with_two: mov eax, [esp + 8]
        add eax, [esp + 12]
        retf 8
from_ring1:
        mov eax, cs
        shl eax, 16
        mov ax, ss
        int 0x40
bits 16
with_three: mov edx, esp
        mov ax, [ss:edx + 4]
        add ax, [ss:edx + 6]
        add ax, [ss:edx + 8]
        retf 6
words:  mov edx, esp
        mov ax, [ss:edx + 2]            ; cs
        mov cx, sp
        sub cx, inner_stack - BASE
        neg cx                          ; bytes that were pushed
        shl ax, 4
        or ax, cx
        iret
bits 32
align 16
bounds: dd 0, 3
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
        dw with_two - $$, CODE0, 0xEC02, 0x0010 ; 0x30
        dw with_three - $$, LOW16, 0xE403, 0x0010 ; 0x38 16 bits
        dw from_ring1 - $$, CODE1, 0xEC00, 0x0010 ; 0x40
        dq 0x00CFBB000000FFFF           ; 0x48 code, ring 1
        dq 0x00CFB3000000FFFF           ; 0x50 data, ring 1
        dq 0x00CF33000000FFFF           ; 0x58 data, ring 1, not present
        dq 0x0040B30000000003           ; 0x60 data, ring 1, 4 bytes
        dq 0x00CF9F000000FFFF           ; 0x68 code that conforms
        dq 0x00409B100000FFFF           ; 0x70 code at 0x100000
        dq 0x00009B100000FFFF           ; 0x78 16-bit code at 0x100000
        dq 0x000093100000FFFF           ; 0x80 16-bit data at 0x100000
        dw 0x2B, tss16 - $$, 0x8110, 0  ; 0x88 task of 16 bits
        dq 0x00CF1B000000FFFF           ; 0x90 code, not present
        dq 0x00409B0000000003           ; 0x98 code, 4 bytes
        dq 0x0040FB100000FFFF           ; 0xA0 code at 0x100000, ring 3
gdtr:   dw $ - gdt - 1
        dd gdt
align 16
tss16:  dw 0, inner_stack - $$, LOWDATA16
        times 0x2C - 6 db 0
        times 0x100 db 0
ring1_stack:
