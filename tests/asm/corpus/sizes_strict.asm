; strict, byte, word, dword, qword on immediates: what is kept and what is optimised.
        bits 16
        add ax, 5
        add ax, strict word 5
        add ax, byte 5
        add bx, 5
        add bx, strict word 5
        add bx, -1
        add bx, 0xffff
        add bx, 0xff80
        push 5
        push byte 5
        push word 5
        push strict word 5
        push dword 5
        push strict dword 5
        push 0xffff
        push 0x9ff6
        mov ax, strict word 5
        imul ax, bx, 5
        imul ax, bx, strict word 5
        imul ax, 7
        bits 32
        add eax, 5
        add eax, strict dword 5
        add eax, 0xffffffff
        add eax, 0xffffff80
        add eax, 0x80
        add ebx, byte -5
        add ebx, strict dword -5
        add ebx, strict byte 5
        push 5
        push strict dword 5
        push word 5
        push byte -1
        push 128
        push -129
        sub esp, 128
        sub esp, -128
        cmp eax, 0xffffffff
        and eax, 0xfffffff0
        or ax, 0xffff
        or al, 0xff
        imul eax, ebx, 128
        mov eax, strict dword 5
        test eax, 5
        test al, 5
        bits 64
        add rax, 5
        add rax, 0x7fffffff
        add rax, -0x80000000
        add rax, 0xffffffffffffffff
        add eax, 0xffffffff
        mov rax, 5
        mov rax, -1
        mov rax, 0xffffffff
        mov rax, 0x80000000
        mov rax, -0x80000000
        mov rax, 0x100000000
        mov rax, 0xffffffff80000000
        mov rax, strict dword 5
        mov rax, qword 5
        mov rax, strict qword 5
        mov rax, dword 5
        mov r8, 5
        mov r8d, 5
        mov eax, 0x12345678
        push 5
        push 0x9ff6
        push -1
        push 0x7fffffff
        push qword 5
        push strict dword 5
        push word 5
        imul rax, rbx, -1
        cmp rcx, 0xffffffffffffff80
        and rax, 0xfffffffffffffff0
        test rax, -1
        enter 16, 0
        ret 8
