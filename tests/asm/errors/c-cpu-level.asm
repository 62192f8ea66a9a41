; Instructions that the processor named by `cpu` lacks, and addresses that the mode lacks.
        cpu 8086
        bits 16
        push 5
        pusha
        shl ax, 3
        imul ax, bx, 5
        mov eax, 1
        movzx ax, bl
        jc near away
away:   cpu 286
        bits 32
        cpu 386
        bits 32
        movaps xmm0, xmm1
        cpuid
        bits 32
        mov eax, [qword 0xb8000]
        mov ebx, [qword 0xb8000]
        cpu any
        bits 64
        mov ebx, [word 0xb800]
        cpu 8086
        cpu prescot
