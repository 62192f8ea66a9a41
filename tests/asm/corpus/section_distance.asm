; The distance of two sections has the full width of its field.
        bits 32
        section .text
t:      add eax, d - t
        push d - $
        mov eax, [ebx + d - $]
        imul eax, ebx, d - t
        mov ax, d - t
        mov byte [ebx], d - t
        add eax, u - t
        sub word [ebx], d - t
        mov eax, [ebx + ecx + d - t]
        lea eax, [d - t]
        bits 64
        add rax, d - t
        mov rax, d - t
        mov eax, d - t
        push d - t
        mov rax, [rbx + d - $]
        mov rax, [rel d]
        bits 16
        add ax, d - t
        mov ax, [bx + d - t]
        push d - t
u       equ t
        section .data
        align 16
d:      dd 1
