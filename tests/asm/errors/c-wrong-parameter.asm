; Parameters of macros outside of them, or beyond their count.
        db %1
        db %0
%%x:    nop
%macro m 1
        db %1, %2, %3
        j%+1 $
        j%-1 $
%endmacro
        m 5
