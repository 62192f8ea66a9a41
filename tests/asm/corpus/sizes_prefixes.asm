; o16, o32, a16, a32, segment and repeat prefixes before instructions, in three widths.
        bits 16
        o32 nop
        o16 nop
        a32 nop
        o32 ret
        o32 retf
        o32 iret
        o32 pushf
        o32 popa
        o32 push es
        o32 push 5
        a32 loop $
        a32 movsb
        a32 o32 movsd
        a32 rep stosb
        rep a32 stosb
        rep movsw
        repe cmpsb
        repz cmpsw
        repne scasb
        repnz scasd
        es lodsb
        cs lodsw
        rep es movsb
        es rep movsb
        lock add [bx], ax
        es lock inc byte [bx]
        lock es inc byte [bx]
        lock cmpxchg [bx], cx
        lock cmpxchg8b [bx]
        xacquire lock add [bx], ax
        xrelease mov [bx], al
        o32 lgdt [bx]
        lgdt [bx]
        o32 sidt [bx]
        bits 32
        o16 nop
        o16 push 5
        o16 push word 5
        o16 ret
        a16 movsb
        a16 rep lodsd
        rep movsw
        rep insb
        rep outsw
        a16 loop $
        o16 pushf
        ds mov eax, [eax]
        fs stosd
        gs cmpsb
        o16 lgdt [eax]
        bits 64
        a32 movsb
        a32 rep stosq
        o16 push 5
        o16 movsb
        rep movsq
        rep movsw
        lock xadd [rax], rbx
        lock cmpxchg16b [rax]
        fs lodsb
        gs movsd
        rep ret
        repz ret
        bnd ret
        a32 xlatb
        xacquire lock inc dword [rax]
        wait
        rep
        lock
        es
