; Alignment of sections by default and by `align` inside them; `org` after the fact.
        bits 16
        section .data align=1
        db 1
        section .text align=1
        nop
        section .third align=64
        db 3
        align 8
        db 4
        section .fourth
        db 5
        align 16, db 0xcc
        db 6
        section .bss
        alignb 16
x:      resb 1
        alignb 8
y:      resb 1
        section .text
        dw x, y, y-x
        align 4
        nop
        sectalign 32
        db 9
        sectalign off
        align 2
        db 7
        org 0x4000
