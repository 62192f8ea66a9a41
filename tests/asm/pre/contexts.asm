%push ctx
%define %$x 5
%assign %$y 6
%$x %$lab: %$y
%push c2
%$$x %$lab %$$lab %$x
%define L %$z
%define %$z 9
L
%pop
%pop ctx
%macro if_ 1
%push if
 j%-1 %$ifnot
%endm
%macro else_ 0
%ifctx if
%repl else
 jmp %$end
 %$ifnot:
%else
%error expected if
%endif
%endm
%macro endif_ 0
%ifctx if
 %$ifnot:
 %pop
%elifctx else
 %$end:
 %pop
%endif
%endm
 cmp ax, bx
if_ ae
 mov 1
else_
 mov 2
endif_
if_ z
 cmp 2
 if_ nz
 mov 3
 endif_
endif_
