; A memory operand with two segment registers.
        bits 32
        mov eax, es:[fs:ebx]
        mov eax, [es:ds:ebx]
        es mov eax, [fs:ebx]
        mov eax, [eax:ebx]
