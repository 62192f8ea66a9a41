; start=, vstart=, align=, follows=, vfollows=, progbits, nobits in every mixture.
        org 0x7c00
        section .text
a:      jmp b
        dw c, d, e, f, g
        section loader start=0x7d00
b:      dw b, $$
        section high vstart=0x8000 align=16
c:      dw c, $$, $-$$
        db "abc"
        section later follows=high align=8
d:      dw d, $$
        db 1
        section zero nobits vstart=0x9000
e:      resb 100
e2:     resd 3
        section data2 progbits follows=later vfollows=zero align=4
f:      dw f, e2, $$
        section more align=32
g:      dw g, $-g, g-$$
        section .text
        dw b-$$, e2-e, f, section.loader.start, section.high.vstart, section.later.start
        dw section.zero.start, section.data2.vstart
