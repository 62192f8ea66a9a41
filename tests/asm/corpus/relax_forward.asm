; Branch relaxation, forward: distances on either side of +127, in every width.
        bits 16
a0:     jmp a1                  ; exactly +127: short
        times 127 nop
a1:     jmp a2                  ; +128: near
        times 128 nop
a2:     jz a3
        times 127 nop
a3:     jz a4
        times 128 nop
a4:     bits 32
        jmp b1
        times 127 nop
b1:     jmp b2
        times 128 nop
b2:     jnbe b3
        times 127 nop
b3:     jnbe b4
        times 128 nop
b4:     bits 64
        jmp c1
        times 127 nop
c1:     jmp c2
        times 128 nop
c2:     jo c3
        times 127 nop
c3:     jo c4
        times 128 nop
c4:     call c1
        call c4
        loop c5
        jrcxz c5
        times 100 nop
c5:     ret
