; Names that stand for names, and names for what is on the stack.
%defalias a b
a
%define b 5
db a
%define a 7
db a b
%ifdefalias a
db 1
%endif
%ifndefalias b
db 2
%endif
%aliases off
db a
%define a 9
db a b
%aliases on
db a b
%undef a
db a b
%defalias x y
%idefalias Y z
%define z 3
db x, y
%ifdef x
db 4
%endif
%define q(x) x+1
%defalias r q
db r(4), r
%defalias c1 c2
%defalias c2 c1
db c1, c2
%assign x 5
db x y z
%undefalias x
db x y
%undef y
db x y z
%push p
%stacksize flat64
%assign %$localsize 0
%arg first:dword, second:qword
%arg third:byte
db first second third
%local one:dword, two:byte
%local three:qword
db one two three %$localsize
%pop
%push p
%stacksize small
%assign %$localsize 4
%arg s1:dword, s2:byte, s3:tword
%arg s4:oword
%local l1:dword, l2:yword
db s1 s2 s3 s4 l1 l2 %$localsize
%stacksize large
%arg s5:word
db s5 s1
%pop
%use altreg
db r0, R7L, r15l, r3h
%use fp
%use ifunc
%use smartalign
%ifdef __?USE_ALTREG?__
db 1
%endif
%ifdef __?USE_FP?__
db 2
%endif
%ifdef __?USE_IFUNC?__
db 3
%endif
%ifdef __?USE_SMARTALIGN?__
db 4
%endif
%define id(x) x
%macro parts 1-*
db %{1:-1} | %1
%endmacro
parts {{1}}, {2,3}, {{4},{5}}
