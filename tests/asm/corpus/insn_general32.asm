; General instructions in 32-bit code.
        bits 32
        aaa
        aad
        aad 16
        aam
        aam 7
        aas
        daa
        das
        cbw
        cwd
        cwde
        cdq
        clc
        cld
        cli
        cmc
        stc
        std
        sti
        lahf
        sahf
        pusha
        popa
        pushaw
        popaw
        pushad
        popad
        pushf
        popf
        pushfw
        pushfd
        iret
        iretw
        iretd
        int 3
        int3
        int1
        icebp
        into
        int 0x21
        hlt
        nop
        xlat
        xlatb
        push ax
        push eax
        push cs
        push ds
        push es
        push fs
        push gs
        push ss
        pop ds
        pop es
        pop ss
        pop fs
        push word 1000
        push dword 1000
        mov ds, ax
        mov ax, ds
        mov eax, ds
        mov [ebx], ds
        mov es, [ebx]
        mov es, eax
        les di, [ebx]
        lds si, [ebp+4]
        lss sp, [ebx]
        lfs ax, [ebx]
        lgs eax, [ebx]
        xchg ax, bx
        xchg bx, ax
        xchg bl, cl
        xchg [ebx], al
        xchg al, [ebx]
        xchg ax, ax
        xchg eax, ebx
        add al, 5
        adc [ebx], al
        sbb ax, [ebx]
        cmp word [ebx], 1000
        inc ax
        inc al
        dec eax
        dec byte [ebx]
        neg cx
        not byte [ebx]
        mul bl
        mul word [ebx]
        imul bx
        imul bx, cx
        imul bx, [esi], 1000
        div cl
        idiv ecx
        shl ax, 1
        shl ax, cl
        shl ax, 4
        sal bl, 1
        sar byte [ebx], cl
        rcl dx, 1
        rcr dx, 3
        rol byte [ebx], 1
        ror eax, 31
        shld ax, bx, 4
        shrd [ebx], ax, cl
        test al, 1
        test [ebx], ax
        test ax, [ebx]
        test byte [ebx], 80h
        bt ax, 3
        bts [ebx], cx
        btr word [ebx], 5
        btc eax, ebx
        bsf ax, bx
        bsr eax, [ebx]
        movzx ax, bl
        movzx eax, bx
        movsx eax, byte [ebx]
        bound ax, [ebx]
        arpl ax, bx
        enter 10, 0
        enter 10h, 1
        leave
        salc
        setz al
        sete [ebx]
        cmovz ax, bx
        xadd al, bl
        cmpxchg [ebx], eax
        bswap eax
        rdtsc
        cpuid
        ud2
        ud1 ax, bx
        ud0 eax, [ebx]
        jmp ax
        jmp near ax
        call bx
        call eax
        retn
        retn 4
        retf
        retf 4
        ret 4
