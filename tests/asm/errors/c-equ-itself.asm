; Definitions that go round in a circle, and an equ without a name.
        bits 16
a       equ b+1
b       equ c+1
c       equ a+1
me      equ me+1
one     equ two
two     equ one
        equ 5
        mov ax, a
