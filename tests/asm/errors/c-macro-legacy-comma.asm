; A comma after the last argument of a macro, as NASM allows for the sake of old sources.
%macro three 1-3
        db %1
%endmacro
        three 1, 2, 3,
        three 1,
%macro two 2
        db %1, %2
%endmacro
        two 1, 2,
