; String directives with wrong arguments.
%strlen x 5
%strlen 5 'abc'
%substr y 'abc'
%substr z abc 1
%strcat w 'a', 5
%assign n 'abc'+
%define
%define 5 x
%assign
%rotate 1
%deftok t abc
        db 1
