; Modes and branches.
bits 16
        mov rax, 1
        jmp short far_away
        times 200 nop
far_away:
        loop back - 300
back:
bits 32
        mov rax, rbx
        push r8
bits 64
        pusha
        jmp short back - 1000
        jrcxz far_away - 4000
