; Scales and combinations that no address has.
        bits 32
        mov eax, [ebx*6]
        mov eax, [ebx*16]
        mov eax, [ebx*0]
        mov eax, [esp*2]
        mov eax, [ebx*2+ecx*2]
        mov eax, [eax+ebx+ecx]
        mov eax, [-ebx]
        mov eax, [4-ebx]
        mov eax, [ebx*ecx]
        bits 64
        mov rax, [rsp*8]
        mov rax, [rip+4]
