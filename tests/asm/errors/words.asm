; Misspelt and misplaced words.
        mvo eax, 1
        moov ax, bx
start:  mov ax, strat
lone
nopp
hlt1
        sectoin .data
        frobnicate 5
        foo bar 1
        bits 12
        mov ax, bx extra
        mov ax,
        mov word ptr [bx], 1
        mov ax, offset start
        equ 5
        group a b
        rep db 1
eax:    nop
