; Short jumps, loops and jcxz that do not reach, forward and backward.
        bits 16
begin:  jmp short far_away
        loop far_away
        jcxz far_away
        jz short far_away
        times 200 nop
far_away:
        jmp short begin
        loopne begin
