; Sections of a flat binary: order, alignment, addresses.
org 0x100
section .data
d1:     db 1
section .text
t1:     db 2
        dw d1, t1, b1, r1, f1, v1, $, $$
section .bss
b1:     resb 3
section .rodata align=16
r1:     db 3
section .data
d2:     dw d1, d2, $ - d1
segment .text
        db 9
        jmp r1
section foo
f1:     db 4
        dw f1, $$
section virt vstart=0x5000
v1:     dw v1, v2, $, $$
v2:
section behind follows=.text
        db 0x77
h1:     dw h1
section late start=0x300
l1:     dw l1, v2, h1
section nothing nobits align=32
n1:     resb 7
section vf vfollows=virt valign=32
        db 8
w1:     dw w1, n1, b2
[section .bss]
b2:     resd 1
[section .text]
        dw b2, l1, w1, n1
