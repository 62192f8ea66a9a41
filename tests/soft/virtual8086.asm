; What instructions do in virtual-8086 mode, without the extensions that CR4.VME would turn on: a
; row for each, a column for IOPL 0 and one for IOPL 3.
; /// applet
; ring = 0
; ///
bits 32
org 0x10000
%define TASK 0x28
%define VIRTUAL 0x1000
%define LAST int3
%define LAST_VECTOR 3
%define OFF(label) ((label) - 0x10000)
        jmp start
%include "lab32.inc"
start:  call set_up
        mov esi, table
        mov ebx, levels
        call run_rows
        ; The segments that are pushed, and those that the handler starts with.
        mov word [idt + 0x41 * 8], look - 0x10000
        mov word [idt + 0x41 * 8 + 6], 1
        mov byte [idt + 0x41 * 8 + 5], 0xEE
        mov esi, frame
        mov ebx, virtual3
        call run_rows
        xor eax, eax
        out 0xE3, al
before: ret
after:  ret
levels: db 5, 6, 0
virtual3: db 6, 0
; The frame of an interrupt, as a sum that depends on the order.
look:   xor eax, eax
        mov ecx, 4
.next:  shl eax, 4
        add eax, [esp + 16 + ecx * 4]   ; es, ds, fs, gs
        loop .next
        mov ecx, ds
        mov edx, gs
        or ecx, edx
        cmp ecx, 0
        jne .bad
        mov ecx, ss
        cmp ecx, DATA0
        jne .bad
        int3
.bad:   mov eax, 0xBAD
        int3

bits 16
        row "cli"
        cli
        row "sti"
        sti
        row "pushf"
        pushf
        pop ax
        row "pushfd"
        pushfd
        pop eax
        row "popf of IF, IOPL and NT"
        push word 0x7202
        popf
        pushf
        pop ax
        row "popfd of RF and VM"
        push dword 0x30002
        popfd
        pushfd
        pop eax
        row "int 0x20, a gate of ring 0"
        int 0x20
        row "int 0x40, a gate of ring 3"
        int 0x40
        row "into"
        mov cl, 127
        inc cl
        into
        row "int1"
        int1
        row "iret"
        push word 0x3202
        push word VIRTUAL
        push word OFF(.there)
        iret
        nop
.there: pushf
        pop ax
        row "iretd"
        push dword 0x10202
        push dword VIRTUAL
        push dword OFF(.there)
        iretd
        nop
.there: pushfd
        pop eax
        row "hlt"
        hlt
        row "in al, 0xEC, which the bitmap allows"
        in al, 0xEC
        row "in al, 0x70, which it does not"
        in al, 0x70
        row "out 0x80, al"
        out 0x80, al
        row "insb"
        mov dx, 0x70
        insb
        row "mov eax, cr0"
        mov eax, cr0
        row "smsw ax"
        smsw ax
        row "lmsw ax"
        lmsw ax
        row "lgdt"
        lgdt [OFF(gdtr)]
        row "sgdt"
        sgdt [OFF(scratch)]
        mov eax, [OFF(scratch) + 2]
        sub eax, gdt
        row "sldt ax"
        sldt ax
        row "str ax"
        str ax
        row "lldt ax"
        lldt ax
        row "ltr ax"
        ltr ax
        row "lar eax, ecx"
        lar eax, ecx
        row "verr cx"
        verr cx
        row "arpl ax, cx"
        arpl ax, cx
        row "clts"
        clts
        row "invlpg [0]"
        invlpg [0]
        row "rdmsr"
        rdmsr
        row "rdtsc"
        rdtsc
        xor eax, eax
        row "sysenter without a segment"
        sysenter
        row "mov ds, any value"
        mov ax, VIRTUAL + 1
        mov ds, ax
        mov ax, [OFF(marker) - 16]
        row "mov ss and pop"
        mov ax, VIRTUAL - 1
        mov ss, ax
        add sp, 16
        pop ax
        row "les"
        les bx, [OFF(pointer)]
        mov ax, [es:bx]
        row "mov [cs:...], ax"
        mov word [cs:OFF(scratch)], 5
        mov ax, [OFF(scratch)]
        row "a word at 0xFFFF"
        mov ax, [0xFFFF]
        row "a word at 0xFFFF on the stack"
        mov bp, 0xFFFF
        mov ax, [bp]
        row "above 64 KiB"
        mov ecx, 0x10000
        mov al, [ecx]
        row "jmp far"
        jmp VIRTUAL + 1:OFF(.there) - 16
        nop
.there: mov ax, cs
        row "call far and retf"
        call VIRTUAL:OFF(.far)
        jmp .end
.far:   mov ax, [esp]
        sub ax, OFF(.far) - 2
        retf
.end:
        row "jmp beyond 64 KiB"
        mov eax, 0x10000
        jmp eax
        row "div by 0"
        div cl
        row "ud2"
        ud2
        row "bound"
        mov ax, 1
        bound ax, [OFF(scratch)]
        row "lock nop"
        db 0xF0
        nop
        rows_end table

        row "an interrupt: es, ds, fs, gs are pushed, and then null"
        mov ax, 1
        mov es, ax
        mov ax, 3
        mov fs, ax
        mov ax, 4
        mov gs, ax
        mov ax, 2
        mov ds, ax
        int 0x41
        rows_end frame

bits 32
align 16
marker: dw 0x6789
pointer: dw OFF(marker), VIRTUAL
align 16
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8901, 0x0000 ; 0x28 task
gdtr:   dw $ - gdt - 1
        dd gdt
scratch: dq 0, 0
