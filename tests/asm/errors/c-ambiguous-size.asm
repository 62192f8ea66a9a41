; A memory operand whose size nothing tells.
        bits 32
        mov [eax], 1
        inc [ebx]
        add [label], 5
        shl [ecx], 1
        push [eax]
        neg [label+4]
label:  dd 0
