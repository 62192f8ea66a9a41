; A label before a macro use: %00 takes it, otherwise it stands at the first line.
%macro str 1+
%00:    dw %%e-%%s
%%s:    db %1
%%e:
%endmacro
%macro plain 1
        db %1
%endmacro
hello:  str "Hello", 13, 10
world   str "World"
p1:     plain 1
p2      plain 2
        dw hello, world, p1, p2
%macro const 1
%00     equ %1
%endmacro
seven   const 7
eight   const seven+1
        db seven, eight
