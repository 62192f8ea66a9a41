; Branch sizes that the writer forces: short, near, strict, dword, word, and what `bnd` keeps.
        bits 16
top:    jmp short top
        jmp near top
        jmp strict near top
        jmp strict short top
        jmp word top
        jmp dword top
        jz short top
        jz near top
        jz strict near top
        call near top
        call top
        call dword top
        loop top
        loop top, cx
        loop top, ecx
        jcxz top
        jecxz top
        bits 32
top32:  jmp short top32
        jmp near top32
        jmp word $+4
        jmp dword top32
        jnz near top32
        loop top32, cx
        loop top32, ecx
        loope top32
        jcxz top32
        jecxz top32
        bits 64
top64:  jmp short top64
        jmp near top64
        jnz near top64
        loop top64, ecx
        loop top64, rcx
        loopne top64
        jecxz top64
        jrcxz top64
        bnd jmp top64
        bnd jz top64
        bnd call top64
        bnd ret
        jmp $
        jmp $+2
        jmp $+127
        jmp $+300
        jmp $$
