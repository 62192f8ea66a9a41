; Strings without an end.
        db 'abc
        db "def
        db `ghi
        db 'fine'
        mov ax, 'x
