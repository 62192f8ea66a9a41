; Sections and space.
        db 1
section one start=0
        db 2
section .bss
        db 5
section .text
        resb 3
        db ?
section two follows=nine
section three bar=3 aling=4
section .text nobits
absolute 5
        nop
        resb 1
section .text
org 5
org 6
        times 1 << 40 db 0
        struc s
.a      resb 1
        istruc s
        at .a, db 1
        iend
        endstruc
        endstruc
        incbin "no such file"
