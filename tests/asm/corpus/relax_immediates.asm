; Sizes of immediates and displacements that depend on labels and equ values further on.
        bits 32
        add eax, end-start              ; a difference known later: does imm8 serve?
        add ebx, small
        add ebx, large
        push small
        push large
        imul ecx, edx, small
        imul ecx, edx, large
        mov eax, [ebx+small]
        mov eax, [ebx+large]
        mov eax, [ebx+zero]
        cmp dword [esi+(end-start)], end-start
start:  times 20 nop
end:
small   equ 100
large   equ 200
zero    equ 0
        bits 16
        mov ax, [bx+small]
        mov ax, [bx+large]
        mov ax, [bp+zero]
        sub cx, later-$$
        push later-start
        jmp later
        times 100 nop
later:  bits 64
        add rax, small
        add rax, large
        mov rax, large
        mov rax, [rsi+rdi*4+small]
        mov rax, [rsi+rdi*4+large]
        push large
