; Functions of the C library: there is no linker.
        bits 64
        global _start
        extern printf, exit, frobnicate
_start: mov rdi, text
        call printf
        call exit
        call frobnicate
text:   db 0
