; times, resb and its family, align, alignb.
        resb 3
        resw 2
        resd 1
        resq 1
        rest 1
        reso 1
        resy 1
        resz 1
x:      times 3 db 1, 2
        times 2 times 3 db 9
        times 0 db 7
        align 4
        db 1
        align 8, db 0xcc
        db 1
        align 16, nop
        align 16
        alignb 32
        db 2
        alignb 8
        resb n
n       equ 3
        jmp fwd
        align 8
        db 1
        alignb 16
        db 2
        align 32, db 0x90
fwd:    times 2 resw 3
        times 4 nop
        times n dw $ - $$
        times fwd - x db 0xee
end:
        dw end - x
section .bss
a:      resb 4
b:      resw 1
        alignb 8
c:      resq 2
        resb end - x
d:      resb 1
section .text
        dw a, b, c, d
