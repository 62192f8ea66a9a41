; Branch relaxation: pairs whose lengths depend on each other, and a knot that must settle.
        bits 16
first:  jmp second_end
        times 120 nop
second: jmp first
        jmp third
        times 118 nop
second_end:
        jc second
        jnc first
        times 116 db 0x90
third:  jmp second_end
        jmp second
        bits 32
; each jump spans the other; one byte more would make both near
p:      jmp q_end
        times 60 nop
q:      jmp p
        times 60 nop
q_end:  jmp p
        jmp q
r:      jmp s_end
        times 123 nop
        jmp r
s_end:  jz r
u:      jmp w
        jmp w
        jmp w
        times 121 nop
w:      jmp u
        jmp u
        jmp u
        bits 64
x:      jz .far
        jnz .near
        times 122 nop
.near:  jz x
        jmp x
.far:   jmp .near
        jmp x
        call x
