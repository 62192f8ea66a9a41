; Carriage return and line feed at each line's end, also after a continuation and in macros.
        bits 16
        org 0x100
%macro put 1
        db %1
%endmacro
start:  mov ax, 1       ; comment
        put "crlf"
        dw 1, \
           2, \
           3
%if 1
        jmp start
%else
        nop
%endif
        times 4 db 0xff

.end:
        dw .end
