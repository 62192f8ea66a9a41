; equ: chains that look ahead, differences of labels, redefinition through locals, `$` inside.
        org 0x7c00
        mov ax, alpha
        mov bx, size
        mov cx, first.len
        db gamma, delta
alpha   equ beta+1
beta    equ gamma*2
gamma   equ 7
delta   equ epsilon-start
start:  nop
        times 5 nop
epsilon:
size    equ epsilon-start
first:  db "first"
.len    equ $-first
second: db "second one"
.len    equ $-second
        db first.len, second.len, .len
here    equ $
        dw here, here-$$, here-start
flags   equ (1<<3)|(1<<5)
mask    equ ~flags
        dw flags, mask & 0xffff
minus     equ -1
        dd minus, minus+1
port    equ 0x3f8
        mov dx, port+5
        in al, dx
colon:  equ 9
        db colon
char    equ 'x'
        mov al, char
        db first.len
