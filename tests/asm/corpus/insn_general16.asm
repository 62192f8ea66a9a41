; General instructions in 16-bit code, the forms that old programs use.
        bits 16
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
        mov [bx], ds
        mov es, [bx]
        mov es, eax
        les di, [bx]
        lds si, [bp+4]
        lss sp, [bx]
        lfs ax, [bx]
        lgs eax, [bx]
        xchg ax, bx
        xchg bx, ax
        xchg bl, cl
        xchg [bx], al
        xchg al, [bx]
        xchg ax, ax
        xchg eax, ebx
        add al, 5
        adc [bx], al
        sbb ax, [bx]
        cmp word [bx], 1000
        inc ax
        inc al
        dec eax
        dec byte [bx]
        neg cx
        not byte [bx]
        mul bl
        mul word [bx]
        imul bx
        imul bx, cx
        imul bx, [si], 1000
        div cl
        idiv ecx
        shl ax, 1
        shl ax, cl
        shl ax, 4
        sal bl, 1
        sar byte [bx], cl
        rcl dx, 1
        rcr dx, 3
        rol byte [bx], 1
        ror eax, 31
        shld ax, bx, 4
        shrd [bx], ax, cl
        test al, 1
        test [bx], ax
        test ax, [bx]
        test byte [bx], 80h
        bt ax, 3
        bts [bx], cx
        btr word [bx], 5
        btc eax, ebx
        bsf ax, bx
        bsr eax, [bx]
        movzx ax, bl
        movzx eax, bx
        movsx eax, byte [bx]
        bound ax, [bx]
        arpl ax, bx
        enter 10, 0
        enter 10h, 1
        leave
        salc
        setz al
        sete [bx]
        cmovz ax, bx
        xadd al, bl
        cmpxchg [bx], eax
        bswap eax
        rdtsc
        cpuid
        ud2
        ud1 ax, bx
        ud0 eax, [bx]
        jmp ax
        jmp near ax
        call bx
        call eax
        retn
        retn 4
        retf
        retf 4
        ret 4
