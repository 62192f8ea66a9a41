; %%labels, one set a use, in nested and recursive uses, beside local and global labels.
        bits 16
%macro skip 1
        jc %%over
        %1
%%over:
%endmacro
%macro twice 1
%%again:
        skip {%1}
        loop %%again
        dw %%again, %%end-%%again
%%end:
%endmacro
%macro outer 0
        jmp %%x
        inner
%%x:    nop
%endmacro
%macro inner 0
        jmp %%x
        ret
%%x:
%endmacro
top:
        skip inc ax
        skip {mov ax, [bx]}
        twice dec dx
        outer
        outer
.local: skip stc
        jmp .local
%macro def 1
%1:     jmp %1
.in:    jmp .in
%%own   equ $-%1
        db %%own
%endmacro
        def alpha
        def beta
        jmp alpha.in
        jmp beta.in
%macro labelled 0
%%a:
        db 1
%endmacro
here:   labelled
there   labelled
        dw here, there
