; `dup` and `?` as of 2.16: nested, with lists, sized, mixed with other items.
n       equ 3
        db 33
        db (44)
        db %(44,55)
        db %('XX','YY')
        db ('AA')
        db %('BB')
        db ?
        db 6 dup (33)
        db 6 dup (33, 34)
        db 6 dup (33, 34), 35
        db 7 dup (99)
        db 7 dup dword (?, word ?, ?)
        dw byte (?,44)
        dw 3 dup (0xcc, 4 dup byte ('PQR'), ?), 0xabcd
        dd 16 dup (0xaaaa, ?, 0xbbbbbb)
        dd 64 dup (?)
        db 2 dup ("ab", 3 dup (1)), 9
        dw 0 dup (5), 6
        db n dup ('x')
        dq 2 dup ($-$$)
        dd 2 dup (1.5)
        db word 0x1234, dword 0x12345678, 1
        dw 2 dup ('text')
