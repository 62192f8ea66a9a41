; From real mode through protected mode to 64-bit code, compatibility mode, and back: what a boot
; loader does. Exits with the number of the first check that fails.
bits 16
org 0x7C00
start:  mov bx, 1
        ; 1: real mode: a word at the end of a segment is #GP, whose handler here counts it.
        mov word [13 * 4], gp16
        mov word [13 * 4 + 2], 0
        mov di, 0xFFFF
        mov ax, [di]
after:  cmp byte [count], 1
        jne fail16
        inc bx                          ; 2: the stack pointer wraps around
        mov ax, 0x2000
        mov ss, ax
        xor sp, sp
        push word 0x1234
        cmp sp, 0xFFFE
        jne fail16
        mov ax, 0x2FFF
        mov es, ax
        cmp word [es:0xE], 0x1234
        jne fail16
        xor ax, ax
        mov ss, ax
        mov sp, 0x7C00
        inc bx                          ; 3: above 1 MiB
        mov ax, 0xFFFF
        mov es, ax
        mov byte [es:0x20], 0x99        ; 0x100010
        cmp byte [es:0x20], 0x99
        jne fail16
        inc bx                          ; 4: on to protected mode
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword 0x08:in32
fail16: mov al, bl
        out 0xE3, al
gp16:   inc byte [count]
        mov bp, sp
        mov word [bp], after
        iret

bits 32
in32:   mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7C00
        cmp byte [0x100010], 0x99
        jne fail32
        ; Four levels: 2 MiB at 0, by a large page; the same 2 MiB again at 0x40000000.
        mov edi, 0x10000
        xor eax, eax
        mov ecx, 0x4000 / 4
        rep stosd
        mov dword [0x10000], 0x11003
        mov dword [0x11000], 0x12003
        mov dword [0x11008], 0x12003
        mov dword [0x12000], 0x83
        mov eax, 0x10000
        mov cr3, eax
        mov eax, cr4
        or eax, 0x20
        mov cr4, eax
        mov ecx, 0xC0000080
        rdmsr
        or eax, 0x101                   ; LME, SCE
        wrmsr
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        inc ebx                         ; 5: compatibility mode: EFER.LMA, and code as before
        rdmsr
        test eax, 0x400
        jz fail32
        mov eax, 0x12345678
        inc eax
        cmp eax, 0x12345679
        jne fail32
        jmp 0x18:in64
fail32: mov eax, ebx
        out 0xE3, al

bits 64
in64:   inc ebx                         ; 6: 64-bit registers, and the second mapping
        mov rax, 0x123456789ABCDEF0
        mov [qword 0x40020000], rax
        cmp [abs 0x20000], rax
        jne fail64
        inc ebx                         ; 7: to ring 3 by sysret, and back by syscall
        mov ecx, 0xC0000081
        mov edx, 0x00230018             ; sysret: 0x23 + 16, 0x23 + 8; syscall: 0x18, 0x20
        xor eax, eax
        wrmsr
        mov ecx, 0xC0000082
        mov eax, entry
        xor edx, edx
        wrmsr
        mov ecx, 0xC0000084
        mov eax, 0x400
        wrmsr
        mov dword [abs 0x11000], 0x12007
        mov dword [abs 0x10000], 0x11007
        mov dword [abs 0x12000], 0x87
        mov rax, cr3
        mov cr3, rax
        mov rcx, user
        mov r11d, 0x402
        o64 sysret
user:   mov ax, cs
        cmp ax, 0x33
        jne $
        mov r8d, 0x55
        syscall
entry:  cmp r8d, 0x55
        jne fail64
        mov ax, cs
        cmp ax, 0x18
        jne fail64
        pushfq
        pop rax
        test eax, 0x400
        jnz fail64
        test r11d, 0x400
        jz fail64
        inc ebx                         ; 8: back to compatibility mode and out of paging
        push 0x08
        push out32
        retfq
fail64: mov eax, ebx
        out 0xE3, al

bits 32
out32:  mov eax, cr0
        and eax, 0x7FFFFFFF
        mov cr0, eax
        mov ecx, 0xC0000080
        rdmsr
        test eax, 0x400
        jnz fail32
        inc ebx                         ; 9: and back to real mode
        jmp 0x38:in16
bits 16
in16:   mov ax, 0x40
        mov ds, ax
        mov ss, ax
        mov eax, cr0
        and al, 0xFE
        mov cr0, eax
        jmp 0:real
real:   xor ax, ax
        mov ds, ax
        mov ss, ax
        mov word [0x21 * 4], answer
        mov word [0x21 * 4 + 2], 0
        int 0x21
        cmp al, 0x42
        jne fail16
        xor bx, bx
        jmp fail16
answer: mov al, 0x42
        iret
count:  db 0
align 8
gdt:    dq 0
        dq 0x00CF9A000000FFFF           ; 0x08 32-bit code
        dq 0x00CF92000000FFFF           ; 0x10 data
        dq 0x00AF9A000000FFFF           ; 0x18 64-bit code
        dq 0x00CF92000000FFFF           ; 0x20 data
        dq 0x00CFF2000000FFFF           ; 0x28 data, ring 3
        dq 0x00AFFA000000FFFF           ; 0x30 64-bit code, ring 3
        dq 0x00009A000000FFFF           ; 0x38 16-bit code
        dq 0x000092000000FFFF           ; 0x40 16-bit data
gdtr:   dw $ - gdt - 1
        dd gdt
