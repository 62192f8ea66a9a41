; Symbols: twice, never, external.
a:      nop
b       equ 5
a:      nop
b       equ 6
        dw c, messge
message: db 1
extern ext
        dw ext
        jmp .nowhere
x       equ undefined1 + 1
%macro twice 1
%1:     nop
%1:     nop
%endmacro
        twice lab
%macro bad 1
        mov al, %1
        mvo al, %1
%endmacro
        bad 300
        bad nothing
