; Uninitialised space: every resN, with equ over it, `resb` by expression, `?` in nobits.
        org 0x500
        section .text
        mov ax, [vars.word]
        mov bx, end-vars
        mov cx, size
        lea di, [vars.block+2]
        dw a, b, c, d, e, g
        section .bss
vars:
.byte:  resb 1
.word:  resw 1
.dword: resd 1
.block: resb 16*2
a:      resq 1
b:      rest 1
c:      reso 1
d:      resy 1
e:      resz 1
g:      times 4 resw 2
        db ?
        dw ?, ?
        dd 4 dup (?)
end:
size    equ $-vars
        section .text
        db size & 0xff
