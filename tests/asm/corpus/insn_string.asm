; String instructions with every suffix, prefix, address size and segment; in and out in all forms.
        bits 16
%macro strings 1
        movs%1
        cmps%1
        stos%1
        lods%1
        scas%1
        rep movs%1
        repe cmps%1
        repne cmps%1
        rep stos%1
        rep lods%1
        repz scas%1
        repnz scas%1
        es lods%1
        a16 movs%1
        a32 movs%1
        fs rep movs%1
        rep gs cmps%1
%endmacro
%macro ports 1
        ins%1
        outs%1
        rep ins%1
        rep outs%1
        a32 ins%1
        es outs%1
%endmacro
%macro inout 0
        in al, 5
        in ax, 5
        in eax, 5
        in al, dx
        in ax, dx
        in eax, dx
        in al, 255
        out 5, al
        out 5, ax
        out 5, eax
        out dx, al
        out dx, ax
        out dx, eax
        out 0xe9, al
        in al, byte 0x60
        out byte 0x60, al
%endmacro
        strings b
        strings w
        strings d
        ports b
        ports w
        ports d
        inout
        xlatb
        es xlatb
        bits 32
        strings b
        strings w
        strings d
        ports b
        ports w
        ports d
        inout
        xlatb
        fs xlatb
        bits 64
        movsb
        rep movsw
        rep movsd
        rep movsq
        repe cmpsq
        rep stosq
        lodsq
        repne scasb
        a32 rep movsb
        fs lodsq
        insb
        rep outsd
        inout
        xlatb
        gs xlatb
