; Registers and directives as labels.
        bits 32
eax:    nop
al      db 1
cr0     equ 5
r8:     nop
        bits 64
r8:     nop
section: nop
byte    db 1
        jmp eax
