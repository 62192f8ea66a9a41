; Sections that lie over one another.
        org 0x100
        section .text
        times 32 nop
        section second start=0x110
        times 32 nop
        section third start=0x118
        db 1
