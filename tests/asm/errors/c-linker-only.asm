; What needs a linker: wrt, extern, common, seg, relocations.
        bits 32
        extern printf
        call printf
        mov eax, [table wrt ..got]
        mov ax, seg table
        common shared 4
        group dgroup data bss
table:  dd 0
