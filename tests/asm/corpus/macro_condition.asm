; Condition codes as parameters: %+1 takes one, %-1 inverts it.
        bits 32
%macro retc 1
        j%-1 %%skip
        ret
%%skip:
%endmacro
%macro jc2 2
        j%+1 %2
        set%+1 al
        cmov%-1 eax, ebx
%endmacro
target:
        retc z
        retc nz
        retc a
        retc be
        retc c
        retc l
        retc ge
        retc o
        retc np
        retc pe
        retc s
        jc2 e, target
        jc2 nae, target
        jc2 nle, target
        jc2 po, target
%macro whilex 2
  %push loop
  %$top:
        cmp eax, %2
        j%-1 %$out
%endmacro
%macro wend 0
        jmp %$top
  %$out:
  %pop
%endmacro
        whilex b, 10
        inc eax
        wend
        whilex ne, 500
        dec eax
        wend
