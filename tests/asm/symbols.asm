; Labels: without colon, local, special, escaped; equ; global and its family.
global start, helper
extern unused
static s
cpu 386
start:
.loop:  dec cx
        jnz .loop
.end    ret
helper
.loop   nop
        jmp .loop
        jmp start.loop
..@one: nop
.more:  dw ..@one, .more, helper.more, start.end
$eax:   dw $eax
        mov ax, [$eax]
alone
x equ 5
y: equ x + 1
x equ 5
.z      equ 7
        db x, y, .z, alone.z
lbl     mov ax, 1
lbl2    db 1
lbl3    times 2 db 3
        dw lbl, lbl2, lbl3
mov1:   db 1
p equ $
        db p - lbl, q - p
q equ $ + 2
_under.score?@1: dw _under.score?@1
case:   db 1
Case:   db 2
CASE:   db CASE - case
