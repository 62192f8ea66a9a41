; Prefixes, segments, address words, far pointers.
        lock add [bx], ax
        rep movsb
        repne scasb
        repe cmpsw
        repz cmpsb
        es lodsb
        cs mov ax, [bx]
        rep
        es
        mov [es:bx], ax
        mov es:[bx], ax
        mov ax, [fs:5]
        mov word [byte bx+5], 3
        mov ax, [word bx+5]
        mov ax, [nosplit bx]
        jmp 7:8
        jmp 0x1234:lab
        call word 1:2
        jmp dword 5:6
        call dword 1:lab
lab:    jmp far [bx]
        call far [lab]
        jmp word far [bx]
        o32 nop
        a32 lodsb
        mov eax, [ebx]
        mov ax, [ebx + 4 * ecx + lab]
        times 2 lock inc word [lab]
        mov ax, strict word 5
        push strict dword 5
        add bx, strict word 1
bits 32
        mov eax, [eax*2]
        mov eax, [eax*1]
        mov eax, [eax+eax*1]
        mov eax, [ebx*1+ecx]
        mov eax, [eax+esp]
        mov eax, [4*(eax+1)+ebx]
        mov eax, [eax-(-ebx)]
        mov eax, [ebx+eax-ebx]
        mov eax, [lab + eax*8 - 1]
        mov eax, [eax + lab2 - lab]
lab2:   mov eax, [nosplit eax*2]
        fadd to st1
        fadd st1
bits 64
        mov eax, [rel lab2]
        mov eax, [rel 5]
        mov rax, [qword 0x1122334455667788]
default rel
        mov eax, [lab2]
        mov eax, [abs lab2]
        mov eax, [fs:lab2]
        lea rsi, [lab3 + 4]
        mov eax, [rbx + lab3]
lab3:   cmp byte [lab3], 5
        mov dword [rel lab3], 0x12345678
default abs
        mov eax, [lab3]
        a32 mov eax, [ebx]
        mov eax, [a32 lab3]
use16
        mov ax, [lab3]
use32
        mov ax, [lab3]
use64
        mov ax, [lab3]
