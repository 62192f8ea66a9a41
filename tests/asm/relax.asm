; Branches that decide each other's length, forward and backward, in all widths.
bits 16
start:  jmp a1
        times 120 nop
a1:     jz a2
        jmp a3
        times 124 db 0
a2:     jnz start
        jmp a1
        loop a1x
a1x:    jcxz a2
a3:     call start
        call a5
        jmp near a3
        jmp short a4
        jz near a4
a4:     times 127 nop
        jmp a4
a5:     times 126 nop
        jmp a5
bits 32
b0:     jmp b1
        times 127 nop
b1:     jmp b2
        times 128 nop
b2:     je b0
        je b1
        jmp b3
        mov eax, [b3]
        mov eax, b3 - b2
        push b3
        push dword b3
        add eax, b3 - b2
        add eax, b3
b3:     times (b6 - b5) / 4 nop
        db 1
bits 64
b4:     jmp b5
        lea rax, [rel b5]
        mov rax, b5
        mov eax, [b5]
        times 126 - ($ - b4) nop
b5:     jmp b4
        call b0
        jrcxz b5
        times 2 jmp b5
        times 3 jmp $ + 5
b6:     times 100 jmp b7
b7:     align 16
        jmp b6
        align 32, int3
        db b8 - b7
        times b6 - b5 - 10 db 0x11
        jmp b9
b8:     times 400 - ($ - b7) db 0x22
b9:
