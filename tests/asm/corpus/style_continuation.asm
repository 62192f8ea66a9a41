; A backslash at a line's end joins lines: in data, macros, conditions, comments and mid-operand.
        bits 16
        db 1, 2, \
           3, 4
        mov ax, \
            bx
%define sum(a, b) ( \
        a + \
        b )
        dw sum(1, \
               2)
%macro long 2 \

        db %1, \
           %2
%endmacro
        long 1, \
             2
%if 1 == 1 && \
    2 == 2
        db "yes"
%endif
; a comment that goes on \
        db "this is part of the comment"
        db "after"
        add \
        word \
        [ \
        bx \
        ] \
        , \
        5
        db 'ba\ckslash', "\", '\'
        times \
          3 \
            db 7
