; Instructions that 64-bit code does not have.
        bits 64
        push eax
        pop ebx
        pusha
        push es
        aam
        daa
        into
        les eax, [rbx]
        jcxz $
        jmp 8:0x100
        bound eax, [rbx]
        salc
