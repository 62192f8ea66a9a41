; single-line macros
%define f g
%define g(x) (x*2)
A f(3)
%define h(x) [x,h(x)]
B h(1)
%define concat(a,b) a %+ b
%define foobar 77
C concat(foo,bar)
%define a2(x) 1+a2(x)
mov a2(3)
%define i(=x,&y,z+) x y z
i(3+4, hello there, 1,2)
%define two(a,b) a-b
two((1,2),{3,4})
two ( 5 , 6 )
two
%define over(x) one x
%define over(x,y) two x y
over(1) over(1,2)
%assign q 5-6
q
%assign n 1<<62
n
%define emp
x emp y
%define e2() q
e2() e2
%idefine bAr 12
BAR bar Bar bART
%define xx yy
%define yy xx
xx yy
%define cc(a) a
%xdefine dd cc(5)
%undef cc
dd cc(6)
%define late early
%define early 1
%xdefine now late
%define early 2
late now
%define m1 -1
5-m1
a %+ b  a%+b %+ c
%define foo 1
%[foo]x  a%[foo]b %[foo]
%define sel_1 first
sel_%[foo] sel_%+foo
%ixdefine KK 1
kk Kk
%define nested(x) <x>
nested(nested) nested((a,b))
%define greedy(x,y+) [x|y]
greedy(1,2,3,4) greedy(1,2)
%define ?q 1
?q
%define twice(x) x x
twice(twice) twice(twice(1))
jmp short $+2
db 'it''s', "say ""x""", `a\tb\x41`
