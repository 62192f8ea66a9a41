; Macros called with the wrong number of parameters.
%macro two 2
        db %1, %2
%endmacro
%macro some 1-3 5
        db %1
%endmacro
        two 1
        two 1, 2, 3
        two
        some
        some 1, 2, 3, 4
%define f(x, y) x+y
        db f(1)
        db f(1, 2, 3)
        db f
