%macro mm 1-3+ def, d2
  x%1y %1%2 %0 %2 ; comment
  D%1 %{1}1 .l%1: %%z: %%z%1
  %? %??
%endm
mm a
MM a
mm a, b, c, d
lab: mm q
%macro nn 0
 n1
 nn
%endmacro
nn
%macro lbl 0
 in %00
%endmacro
zed: lbl
 zed lbl
jmp lbl
%macro rr 1-*
 %rep %0
 r %1
 %rotate 1
 %endrep
 q %{1:2} %{-1:1} %{2:-1}
 j%-1 x
 j%+1 y
%rotate -1
 %1 %2
%endm
rr a,c,z
mm {a,b} , {c}
%macro r2 1-2+ zz, ww
 [%0|%1|%2]
%endm
r2 ,
r2 a,
r2 a,b,c
r2 {a,b},{c}
%macro r2 0
 zero
%endm
r2
%macro fact 1
%if %1 > 0
 db %1
 fact %1-1
%endif
%endm
fact 3
%macro ret 0
 ret
%endm
ret
%imacro Foo 0
 %? %??
%endm
FOO
%macro p 1
$l%1 0x%1 f%1.f 'a'%1 %%x%1 x%{1}b f%1%1%1 -%1 %1:%1 [%1]%1
%define d%1 5
%assign x%1cnt 5
x%1cnt d%1
%endm
p ab
p 12
%macro q 0-*
 %0:%1:%2
%endm
q
q ,
q a,
q {}
%macro rq 1
%rep 2
%rotate 1
 %1 %?
%endrep
%endm
rq 5
%macro oo 0
 %%a: %%b
 o2 %%a
%endm
%macro o2 1
 %1 %%a
%endm
oo
%macro ex 1
 ex %1
%endm
ex 0
%unmacro ex 1
ex 1
%macro cont 2
 a%1b %2\
 more
%endm
cont 1, \
 2
%define e x,y
q e
q a{k1}{z},b
