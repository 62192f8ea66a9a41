; Names that nothing defines.
        bits 32
        jmp nowhere
        mov eax, [missing+4]
        dd absent, absent2-absent3
        times undefined db 0
