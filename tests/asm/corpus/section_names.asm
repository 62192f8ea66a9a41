; The name of a section goes up to white space; attributes that are unknown are left out.
section .text:
        db 1
section .data
        db 2
section .text
        db 3
section boot, vstart=0x100
here:   db 4
        dw here
section a+b align=16 foo bar=3 , use32
        db 5
segment _TEXT class=CODE public
        db 6
section a+b
        db 7
[section .data:  align=8] ; a comment
        db 8
section __LD,__compact_unwind data debug
        db 9
[bits 16] // what follows is not read
        db 10
section .bss, nobits
        resb 2
section .last follows=__LD,__compact_unwind
        db 11
section .note.GNU-stack noalloc noexec nowrite progbits
