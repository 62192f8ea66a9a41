; Sizes and words that mean nothing for the operand that they stand with.
        mov byte ax, bx
        mov ax, word bx
        mov dword cs, ax
        mov ax, [byte 5]
        mov ax, [word 5]
        mov ax, [byte bx]
        dt 1234567890123456789p
        bits 64
        mov eax, [word 5]
        mov eax, [byte later]
        mov eax, [dword 5]
        mov eax, [rel 5]
        mov eax, [rel later]
        default rel
        mov eax, [5]
        mov eax, [abs 5]
        mov eax, [fs:5]
        lea rax, [rbx+5]
        a32 mov eax, [rbx]
        mov eax, [a32 rbx+5]
        a32 mov eax, [ebx]
later:
