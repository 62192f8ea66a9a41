; Character constants in expressions: little-endian packing, up to eight bytes, in operands too.
        bits 32
        mov eax, 'abcd'
        mov eax, 'a'
        mov ax, 'ab'
        mov al, 'z'
        cmp eax, "RIFF"
        mov dword [ebx], 'long'
        mov byte [ebx+'a'], '0'
        add al, '0'-10
        push 'abcd'
        push 'a'
        mov eax, `\xff\xfe`
        mov eax, `\u20ac`
        sub al, 'a' - 'A'
        xor al, ' '
        cmp al, "'"
        cmp al, '"'
        cmp al, '`'
        cmp al, `\``
        cmp al, ';'
        bits 64
        mov rax, 'abcdefgh'
        mov rax, 'abcde'
        mov rbx, 'abc'
        db 'a'+1, 'b'*1, ('c'), 0-'d' & 0xff, ~('e') & 0xff
        dw 'ab'+1, 'ab' >> 8, 'ba' == 'ba'
        dd 'abcd' ^ 'efgh', ('ab' << 16) | 'cd'
        dq 'abcdefgh' + 0, 'abcdefg' | 0
sig     equ 'NASM'
        dd sig, sig >> 8
%if 'ab' == 0x6261
        db "little"
%endif
        times 'c'-'a' db 0xcc
