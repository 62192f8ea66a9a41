; Prefixes where they do not belong.
        bits 32
        lock nop
        lock mov eax, ebx
        rep mov eax, ebx
        lock add eax, [ebx]
        rep rep movsb
        repe repne scasb
        es fs lodsb
        o64 nop
        a64 nop
        bits 64
        a16 movsb
