; Operands of different sizes.
        bits 64
        mov eax, bl
        mov al, ebx
        add rax, ecx
        xchg ax, ebx
        mov ax, dword [rbx]
        cmp cl, rdx
