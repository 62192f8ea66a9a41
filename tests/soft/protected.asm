; Protected mode with tables of the program's own: interrupts and exceptions, rings, gates, the
; I/O bitmap, limits. Exits with the number of the first check that fails.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%macro gate 4                           ; vector, handler, type, selector
        mov eax, %2
        mov [idt + %1 * 8], ax
        mov word [idt + %1 * 8 + 2], %4
        mov word [idt + %1 * 8 + 4], %3 << 8
        shr eax, 16
        mov [idt + %1 * 8 + 6], ax
%endmacro
start:  lgdt [gdtr]
        jmp 0x08:.here
.here:  mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x200000
        gate 0x21, count, 0x8E, 0x08
        gate 13, fault, 0x8E, 0x08
        gate 0, fault_without, 0x8E, 0x08
        gate 6, fault_without, 0x8E, 0x08
        gate 11, fault, 0x8E, 0x08
        gate 12, fault, 0x8E, 0x08
        gate 0x30, back, 0xEE, 0x08
        gate 0x31, count, 0x8E, 0x08
        gate 4, count, 0x8E, 0x08
        gate 3, count, 0x8E, 0x08
        lidt [idtr]
        mov ax, 0x28
        ltr ax

        mov ebx, 1                      ; 1: int and iret, the stack as it was
        mov edi, esp
        int 0x21
        cmp dword [counter], 1
        jne fail
        cmp esp, edi
        jne fail
        inc ebx                         ; 2: #DE, reported at the instruction
        xor ecx, ecx
        mov dword [resume], .after2
        mov dword [where], 0
.div:   div ecx
        jmp fail
.after2: cmp dword [where], .div
        jne fail
        inc ebx                         ; 3: #GP with the selector
        mov dword [resume], .after3
        mov eax, 0x48
        mov fs, ax
        jmp fail
.after3: cmp dword [code], 0x48
        jne fail
        inc ebx                         ; 4: a segment that is not present
        mov dword [resume], .after4
        mov eax, 0x38
        mov fs, ax
        jmp fail
.after4: cmp dword [code], 0x38
        jne fail
        inc ebx                         ; 5: the limit of a segment: 0x10 bytes at data16
        mov eax, 0x30
        mov fs, ax
        mov al, [fs:15]
        cmp al, 16
        jne fail
        mov dword [resume], .after5
        mov ax, [fs:15]
        jmp fail
.after5: cmp dword [code], 0
        jne fail
        inc ebx                         ; 6: int3 and into are traps
        mov dword [counter], 0
        int3
        mov al, 127
        add al, 1
        into
        cmp dword [counter], 2
        jne fail
        inc ebx                         ; 7: an expand-down segment, limit 0xFFF
        mov eax, 0x40
        mov gs, ax
        mov eax, [gs:0x1000]
        mov dword [resume], .after7
        mov eax, [gs:0xFFF]
        jmp fail
.after7:
        inc ebx                         ; 8: to ring 3, and back by an interrupt
        mov dword [counter], 0
        mov [saved], esp
        push dword 0x1B
        push dword 0x180000
        push dword 0x202
        push dword 0x23
        push dword user
        iretd
returned:
        cmp dword [counter], 3
        jne fail
        cmp dword [ring], 3
        jne fail
        inc ebx                         ; 9: lar, lsl, verr, verw
        mov eax, 0x30
        lsl ecx, eax
        jnz fail
        cmp ecx, 15
        jne fail
        verw ax
        jnz fail
        mov ecx, 0x08
        verw cx
        jz fail
        lar edx, ecx
        jnz fail
        and edx, 0xFE00
        cmp edx, 0x9A00
        jne fail
        inc ebx                         ; 10: far call and return
        call 0x08:far_routine
        cmp eax, 0x5A
        jne fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al

far_routine: mov eax, 0x5A
        retf

count:  inc dword [counter]
        iretd
fault:  pop dword [code]
fault_without:
        pop dword [where]
        push dword [resume]
        iretd

; At ring 3: two faults, a call gate, and home.
user:   mov ax, 0x1B
        mov ds, ax
        mov es, ax
        mov dword [resume], .u1
        cli
        jmp .bad
.u1:    inc dword [counter]
        mov dword [resume], .u2
        in al, 0x70                     ; the bitmap forbids it
        jmp .bad
.u2:    inc dword [counter]
        in al, 0xEC                     ; and allows this
        cmp al, 1
        jne .bad
        push dword 0x77                 ; a parameter
        call 0x50:0
        cmp esp, 0x180000
        jne .bad
        mov ax, cs
        and eax, 3
        mov [ring], eax
        int 0x30
.bad:   mov al, 99
        out 0xE3, al
; Behind the call gate, at ring 0, with one parameter.
gated:  cmp dword [esp + 8], 0x77
        jne fail
        mov ax, cs
        test al, 3
        jnz fail
        inc dword [counter]
        retf 4
back:   mov esp, [saved]
        mov ax, 0x10
        mov ds, ax
        mov es, ax
        jmp returned

align 8
gdt:    dq 0
        dq 0x00CF9A000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF92000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFF2000000FFFF           ; 0x18 data, ring 3
        dq 0x00CFFA000000FFFF           ; 0x20 code, ring 3
        dw 0x2068, tss - $$, 0x8910, 0x0000 ; 0x28 task
        dw 15, data16 - $$, 0x9210, 0x0040  ; 0x30 16 bytes
        dq 0x00CF12000000FFFF           ; 0x38 not present
        dq 0x0040960000000FFF           ; 0x40 expand-down
        dq 0                            ; 0x48 none
        dw gated - $$, 0x08, 0xEC01, 0x0010 ; 0x50 call gate, one parameter
gdtr:   dw $ - gdt - 1
        dd gdt
idtr:   dw 256 * 8 - 1
        dd idt
data16: db 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
counter: dd 0
resume: dd 0
where:  dd 0
code:   dd 0
saved:  dd 0
ring:   dd 0
align 16
tss:    dd 0, 0x1F0000, 0x10
        times 0x66 - ($ - tss) db 0
        dw 0x68
        ; A bit per port: 0x70 forbidden, 0xE0 to 0xEF allowed.
bitmap: times 0x0E db 0
        db 0x01
        times 0x2000 - ($ - bitmap) db 0
        db 0xFF
idt:    times 256 * 8 db 0
