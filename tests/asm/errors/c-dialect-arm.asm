; Source for ARM.
start:  ldr r0, [r1]
        mov r0, #1
        add r0, r0, #2
        bx lr
