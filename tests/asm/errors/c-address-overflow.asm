; Addresses whose number does not fit: where they end up.
        bits 16
        mov byte [0xb8000], 'A'
        mov byte [es:0x10ffff], 'A'
        mov ax, [bx+0xffff]
        mov ax, [bx+0x10000]
        mov ax, [bx-0x8001]
        mov ax, [dword 0x12345678]
        mov ax, [0x200000]
        bits 32
        mov eax, [0x100000000]
        mov eax, [0xffffffff]
        mov eax, [ebx-0x80000001]
        bits 64
        mov [0x100001000], rax
        mov rax, [rbx+0x123456789]
        mov rax, [rax*8+0x100000000]
        mov rax, [0x80000000]
        mov rax, [rbx+0xffffffff]
        mov rax, [rbx-1]
        mov rax, [qword 0x100001000]
        mov eax, [ebx+0x100000000]
        mov eax, [ebx+0xffffffff]
