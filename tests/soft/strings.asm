; String instructions: overlaps, both directions, prefixes, faults in the middle and the restart.
; Exits with the number of the first check that fails.
; /// applet
; ring = 0
; ///
bits 64
start:  mov esp, 0x400000
        mov ebx, 1                      ; 1: an overlap repeats a pattern
        lea rdi, [rel area]
        mov dword [rdi], 'abcd'
        mov rsi, rdi
        add rdi, 4
        mov ecx, 60
        rep movsb
        cmp dword [rel area + 60], 'abcd'
        jne fail
        inc ebx                         ; 2: the other direction moves it as it is
        lea rsi, [rel area + 63]
        lea rdi, [rel area + 64]
        mov byte [rel area + 63], 'z'
        mov ecx, 64
        std
        rep movsb
        cld
        cmp byte [rel area + 64], 'z'
        jne fail
        cmp dword [rel area + 1], 'abcd'
        jne fail
        inc ebx                         ; 3: repne scasb finds a byte
        lea rdi, [rel area]
        mov al, 'z'
        mov rcx, -1
        repne scasb
        not rcx
        cmp ecx, 65
        jne fail
        inc ebx                         ; 4: repe cmpsw: where two differ
        lea rsi, [rel one]
        lea rdi, [rel two]
        mov ecx, 8
        repe cmpsw
        jae fail
        cmp ecx, 5
        jne fail
        inc ebx                         ; 5: none at all: the flags stay
        xor ecx, ecx
        stc
        repe cmpsb
        jnc fail
        inc ebx                         ; 6: many pages at once
        mov edi, 0x200000
        mov rax, 0x0807060504030201
        mov ecx, 0x10000 / 8
        rep stosq
        mov esi, 0x200003
        mov edi, 0x300001
        mov ecx, 0xFFF0
        rep movsb
        cmp byte [abs 0x300001 + 0xFFEF], 3
        jne fail
        cmp word [abs 0x300001], 0x0504
        jne fail
        inc ebx                         ; 7: with 32-bit addresses, the upper halves are cleared
        mov rcx, 0x500000002
        mov rsi, 0x700200000
        mov rdi, 0x900300000
        a32 rep movsb
        test rcx, rcx
        jnz fail
        cmp rsi, [rel .at]
        jne fail
        inc ebx                         ; 8: a fault in the middle says how much is done
        sidt [rel old]
        lea rax, [rel idt]
        mov [rel new + 2], rax
        lea rax, [rel handler]
        mov [rel idt + 14 * 16], ax
        mov word [rel idt + 14 * 16 + 2], 8
        mov word [rel idt + 14 * 16 + 4], 0x8E00
        shr rax, 16
        mov [rel idt + 14 * 16 + 6], ax
        lidt [rel new]
        mov edi, 0x1000000 - 100        ; the end of RAM
        mov ecx, 200
        mov al, 0x11
        rep stosb
        jmp fail
.at:    dq 0x200002
handled:
        cmp ecx, 100
        jne fail
        cmp edi, 0x1000000
        jne fail
        cmp byte [abs 0x1000000 - 1], 0x11
        jne fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al
handler: lidt [rel old]
        add rsp, 8
        lea rax, [rel handled]
        mov [rsp], rax
        iretq
one:    dw 1, 2, 3, 4
two:    dw 1, 2, 4, 4
old:    times 10 db 0
new:    dw 0xFFF
        dq 0
area:   times 80 db 0
align 16
idt:    times 256 * 16 db 0
