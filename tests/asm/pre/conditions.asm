%if 0
 don't
%elif 1
 d
%else
 "never
%endif
%ifdef NOPE
 a
%elifdef __LINE__
 b
%endif
%ifndef NOPE
 c
%endif
%ifidn "a",'a'
same
%endif
%ifidn a b, a   b
spaces
%endif
%ifidni AbC,aBc
folded
%endif
%ifidn A,a
never
%else
different
%endif
%ifnum -5
n1
%endif
%ifnum 5
n2
%endif
%ifnum x
never
%endif
%iftoken -5
never
%endif
%iftoken foo
t2
%endif
%ifid a b
i1
%endif
%ifid 5
never
%endif
%ifstr 'x'
s1
%endif
%ifnstr x
s2
%endif
%define emp
%ifempty emp
e1
%endif
%ifempty x
never
%endif
%macro r3 2-3
 x
%endm
%ifmacro r3 2
m1
%endif
%ifmacro r3 1-2
m2
%endif
%ifmacro r3 4
never
%endif
%ifmacro r3
m3
%endif
%push ctx
%ifctx ctx
c1
%endif
%ifnctx ctx
never
%endif
%pop
%if 1
%if 0
%else
inner
%endif
%elif 1
never
%endif
%assign k 0
%rep 3
%assign k k+1
%if k = 2
two
%elif k = 3
three
%else
one
%endif
%endrep
%ifn 0
not
%endif
; Texts that are compared, and macros that are asked for.
%imacro FooBar 0
%endmacro
%imacro Baz 1-3
%endmacro
%ifmacro FooBar 0
db 1
%endif
%ifnmacro foobar
db 2
%endif
%ifmacro Baz 2
db 3
%endif
%ifidn {a},{a}
db 4
%endif
%ifnidn {a,b},{a,b}
db 5
%endif
%ifnidn a,{a}
db 6
%endif
%ifidn a b, a  b
db 7
%endif
%ifidn 'a',"a"
db 8
%endif
%ifnidn a,a,b
db 9
%endif
%ifnidn ,
db 10
%endif
