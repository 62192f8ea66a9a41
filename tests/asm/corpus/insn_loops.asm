; loop, jcxz and their relatives with explicit counters; enter, leave; every jcc/setcc/cmovcc name.
        bits 32
%macro names 1-*
  %rep %0
        j%1 $
        j%1 near $
        set%1 al
        set%1 [ebx]
        cmov%1 eax, ebx
    %rotate 1
  %endrep
%endmacro
        names a, ae, b, be, c, e, g, ge, l, le, na, nae, nb, nbe, nc, ne, ng, nge, nl, nle
        names no, np, ns, nz, o, p, pe, po, s, z
        bits 16
a:      loop a
        loop a, cx
        loop a, ecx
        loope a, cx
        loopz a, ecx
        loopne a
        loopnz a, ecx
        jcxz a
        jecxz a
        enter 0, 0
        enter 65535, 31
        o32 enter 4, 1
        leave
        o32 leave
        bits 32
b:      loop b
        loop b, cx
        loop b, ecx
        loopne b, cx
        jcxz b
        jecxz b
        enter 8, 1
        leave
        o16 leave
        bits 64
c:      loop c
        loop c, ecx
        loop c, rcx
        loope c, ecx
        jecxz c
        jrcxz c
        enter 8, 1
        leave
