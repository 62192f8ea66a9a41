; Calls that are written oddly, which NASM takes.
%macro three 3
        db %0
%endmacro
%macro three 2
        db 0x80 + %0
%endmacro
        three 1, 2,
        three 1, 2, 3
        three 1, 2
%macro one 1
        db %0, %1
%endmacro
        one 1,
%macro greedy 1-3+
        db %0
%endmacro
        greedy 1, 2,
        greedy 1,
        greedy ,
        greedy 1, 2, 3, 4,
; A number pasted from parts.
%macro float 2
        dd %1e+%2, %1e-%2, %1.5e+%2
        dq %1e+%2
%endmacro
        float 1, 5
        float 33, 20
%macro hex 1
        mov al, 0x%1
        dw 0x%1, 0%1h, 0%1_0h
%endmacro
        hex 1A
        hex 5
        hex e1
        hex 1e1
; A label glued to the value of a name of a context.
%push outer
%define %$s 5
lab_%$s:
        dw lab_5, lab_%$s
%macro structure 1-*
%push structure
%define %$name %1
%%top_%$name:
%rep %0 - 1
%rotate 1
        db %{$name}%1 - %%top_%$name
%1:
%endrep
%pop
%endmacro
first_a equ $
        structure first_, a, b
first_b equ first_a + 1
%pop
; Greedy parameters of a single-line macro, and commas that depend on what follows.
%define g(a,b+) a b
        db g(1)
%define list(a,b,c+) a + 66 %, b * 3 %, c
        db list(1,2)
        db list(1,2,3)
        db list(1,2,3,4,5)
%define maybe(x) 1 %, x
        db maybe(), maybe(2)
; Repetition without a listing, and branches that come too late.
%rep .nolist 3
        db 3
%endrep
%if 1
        db 1
%else
        db 2
%else
        db 3
%endif
%if 0
        db 1
%else
        db 2
%else
        db 3
%elif 1
        db 4
%endif
; A parameter that is called like a macro.
%idefine d dword
%define digits(d) (((d) % 10) + '0')
%xdefine digit(d) (d/10 + digits(d))
        db digit(8), digits(19)
%ifmacro three 2
        db 1
%endif
%ifmacro three 4
        db 2
%endif
%ifmacro three
        db 3
%endif
%ifmacro three 1-2
        db 4
%endif
%ifmacro greedy 1+
        db 5
%endif
%ifnmacro nothing
        db 6
%endif
%ifmacro THREE 3
        db 7
%endif
