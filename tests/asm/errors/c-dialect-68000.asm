; Source for the 68000.
        move.l d0, d1
        lea msg(pc), a0
        addq.w #1, d0
        rts
