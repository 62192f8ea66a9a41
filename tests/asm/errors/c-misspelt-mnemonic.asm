; A misspelt mnemonic, in several shapes.
        bits 32
        mvo eax, 1
        cpm eax, ebx
        jmpp start
start:  retrun
        vaddsp xmm0, xmm1, xmm2
