; Old and odd instructions: 286 loadall, undocumented opcodes, Cyrix, segment aliases, hints.
        bits 16
        smi
        salc
        loadall286
        bits 32
        loadall
        ibts [eax], ebx
        xbts eax, [ebx]
        umov [eax], bl
        rdshr eax
        smint
        svdc [eax], ds
        rsdc ds, [eax]
        hint_nop5 eax
        pswapd mm0, mm1
        pfnacc mm0, [eax]
        cmpxchg486 [eax], ecx
        bb0_reset
        paveb mm0, mm1
        ud2a
        ud2b eax, ebx
        fcmovb st1
        int03
        int01
        nop dword [eax]
        o16 nop word [eax+eax]
        pause
        prefetchwt1 [eax]
