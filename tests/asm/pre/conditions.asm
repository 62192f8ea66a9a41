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
