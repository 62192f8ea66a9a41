; Address registers of different widths, and widths that the mode does not have.
        bits 64
        mov rax, [rbx+ecx]
        mov rax, [eax+rbx*2]
        mov rax, [bx+si]
        mov rax, [al]
        mov rax, [xmm0]
        bits 32
        mov eax, [eax+bx]
        mov eax, [rbx]
        mov eax, [ds]
