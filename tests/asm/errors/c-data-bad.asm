; Data lines that lack their data or have what is none.
        bits 16
        db
        dw eax
        dt 5
        do 1.0, [bx]
        dz 7
        dd 5 dup
        dw 3 dup 4
        db ? + 1
        resb 'a', 5
        resq 1.5
