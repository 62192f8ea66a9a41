; x87: every form of every instruction, with `to`, implicit operands, waiting and non-waiting.
        bits 16
%macro arithmetic 1
        f%1
        f%1 dword [bx]
        f%1 qword [bx]
        f%1 st3
        f%1 to st3
        f%1 st0, st3
        f%1 st3, st0
        f%{1}p
        f%{1}p st3
        f%{1}p st3, st0
        fi%1 word [bx]
        fi%1 dword [bx]
%endmacro
        arithmetic add
        arithmetic mul
        arithmetic sub
        arithmetic subr
        arithmetic div
        arithmetic divr
        fcom
        fcom dword [bx]
        fcom qword [bx]
        fcom st2
        fcom st0, st2
        fcomp
        fcomp st2
        fcomp qword [bx]
        fcompp
        fcomi st1
        fcomi st0, st1
        fcomi
        fcomip st1
        fcomip
        fucom
        fucom st4
        fucomp
        fucomp st4
        fucompp
        fucomi st4
        fucomip st0, st4
        ficom word [bx]
        ficomp dword [bx]
        fld dword [bx]
        fld qword [bx]
        fld tword [bx]
        fld st5
        fld
        fst dword [bx]
        fst qword [bx]
        fst st5
        fst
        fstp dword [bx]
        fstp qword [bx]
        fstp tword [bx]
        fstp st5
        fstp
        fild word [bx]
        fild dword [bx]
        fild qword [bx]
        fist word [bx]
        fist dword [bx]
        fistp word [bx]
        fistp dword [bx]
        fistp qword [bx]
        fisttp word [bx]
        fisttp dword [bx]
        fisttp qword [bx]
        fbld [bx]
        fbld tword [bx]
        fbstp tword [bx]
        fxch
        fxch st3
        fxch st0, st3
        fxch st3, st0
        fcmovb st2
        fcmovb st0, st2
        fcmove st1
        fcmovbe st1
        fcmovu st1
        fcmovnb st1
        fcmovne st1
        fcmovnbe st1
        fcmovnu st0, st1
        fld1
        fldl2e
        fldl2t
        fldlg2
        fldln2
        fldpi
        fldz
        f2xm1
        fabs
        fchs
        fcos
        fsin
        fsincos
        fptan
        fpatan
        fprem
        fprem1
        frndint
        fscale
        fsqrt
        fxtract
        fyl2x
        fyl2xp1
        ftst
        fxam
        fdecstp
        fincstp
        ffree st1
        ffree
        ffreep st1
        fnop
        fwait
        wait
        fclex
        fnclex
        finit
        fninit
        feni
        fneni
        fdisi
        fndisi
        fsetpm
        fldcw [bx]
        fldcw word [bx]
        fstcw [bx]
        fnstcw [bx]
        fstsw [bx]
        fnstsw [bx]
        fstsw ax
        fnstsw ax
        fldenv [bx]
        fstenv [bx]
        fnstenv [bx]
        fsave [bx]
        fnsave [bx]
        frstor [bx]
        bits 32
        fld qword [ebx+ecx*8]
        fstp tword [esp]
        fsave [eax]
        fxsave [eax]
        fxrstor [eax]
        bits 64
        fld qword [rel $]
        fistp qword [r8]
        fxsave64 [rax]
        fxrstor64 [r9]
        fadd st0, st7
