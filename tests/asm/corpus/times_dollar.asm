; `$` on a `times` line is the start of the line's own item; `$$` the section's start.
        org 0x200
        bits 32
a:      times 4 dd $
b:      times 4 dd $-$$
c:      times 4 db $-c
d:      dd $, $, $
        dw $-d, $$-a, $-$$
        times 3 mov eax, $
        times 3 call $
        times 3 lea ebx, [$+4]
e       equ $
f       equ $-$$
        dd e, f
        section .data
g:      dd $, $$, $-$$
        times 2 dd $-$$
        section .text
        dd $, $$
