; Before the 386 a conditional jump reaches 128 bytes: NASM makes two jumps of one that goes farther.
        cpu 8086
        bits 16
start:  jc far_away
        jnc far_away
        jpe far_away
        jc short near_by
        jc near_by
near_by:
        jcxz near_by
        loop near_by
        jmp far_away
        call far_away
        jmp near_by
        times 200 nop
far_away:
        jc near_by
        jng start
        jb 0x1234
        cpu 286
        jz start
        push 5
        shl ax, 3
        cpu 386
        jz start
        mov eax, 1
        cpu any
