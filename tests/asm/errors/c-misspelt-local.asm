; A local label that another scope has, and one that is misspelt.
        bits 16
first:
.loop:  dec ax
        jnz .lop
second: jmp .loop
        jmp first.loops
