; Mistakes in what follows %define and %macro.
%define f(x 1
%define g(1) 2
%macro
%macro name
%macro name x
%macro name 3-1
%endmacro
%macro name 2-1 a, b
%endmacro
        db 1
