; %use altreg: the registers r0-r7 by number, and r0h-r3h.
%use altreg
        bits 64
        mov r0, r1
        mov r2, r3
        mov r4, r5
        mov r6, r7
        mov r0l, r0h
        mov r1h, r2h
        mov r3l, r3h
        mov r4l, r5l
        mov r6w, r7w
        mov r0d, r1d
        mov [r0+r1*8], r2d
        add r8, r0
        mov r7l, r8l
        mov r15l, r0l
        bits 32
        mov r0d, r3d
        mov r0l, r3h
        bits 16
        mov r0w, [bx+si]
