; Branch relaxation, backward: distances on either side of -128, in every width.
        bits 16
t0:     times 126 nop
        jmp t0                  ; exactly -128: short
t1:     times 127 nop
        jmp t1                  ; -129: near
t2:     times 126 nop
        jnc t2
t3:     times 127 nop
        jnc t3
        bits 32
t4:     times 126 nop
        jmp t4
t5:     times 127 nop
        jmp t5
t6:     times 126 nop
        jpo t6
t7:     times 127 nop
        jpo t7
        bits 64
t8:     times 126 nop
        jmp t8
t9:     times 127 nop
        jmp t9
t10:    times 126 nop
        jle t10
t11:    times 127 nop
        jle t11
        loopne t11a
t11a:   times 124 nop
        loope t11a
        jecxz $
        loop $
