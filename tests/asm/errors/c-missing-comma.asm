; Commas that are missing or too many.
        bits 32
        mov eax ebx
        mov, eax, ebx
        mov eax,, ebx
        db 1,,2
        mov eax, ebx,
        db 'a' 'b'
        add eax, [ebx] 5
        lea eax [ebx]
