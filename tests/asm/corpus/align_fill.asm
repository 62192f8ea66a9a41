; align and alignb with and without fills, already aligned, powers of two, in three widths.
        bits 16
        db 1
        align 4
        db 2
        align 8, db 0xcc
        db 3
        align 16, nop
        align 16
        db 4
        align 2, db 0
        align 1
        db 5
        align 8, resb 1
        db 6
        alignb 4
        db 7
        alignb 8, db 0x11
        db 8
        align 4, int3
        bits 32
        db 9
        align 32
        db 10
        align 16, db 0
        bits 64
        db 11
        align 64
lab:    align 16
lab2:   db 12
        align 256, db 0xf4
%macro aligned 1
        align %1
%%here: dd %%here - $$
%endmacro
        aligned 8
        db 1
        aligned 8
        align 4
        dd lab, lab2
