; %assign, %define and %xdefine differ in when the right-hand side is read.
%assign a 1+2*3
%define d a+1
%xdefine x a+1
        dw a, d, x
%assign a 100
        dw a, d, x
%assign a a<<1
%assign b a/7
        dw a, b
%assign neg -5
        dw neg, -neg, neg*neg
%assign big 0xffffffffffffffff
        dq big, big+1, big>>1
%assign A 9
%iassign Mixed 77
        db A, MIXED, mixed, mIxEd
%idefine Loud 3+4
        db LOUD, loud*2, 2*LouD
%ixdefine Frozen a
%assign a 5
        dw frozen, FROZEN, a
%define empty
        db 1 empty, 2 empty
%undef a
%ifdef a
        db "defined"
%else
        db "not"
%endif
%define one two
%define two three
%define three 3
        db one
%undef three
%define three 4
        db one
