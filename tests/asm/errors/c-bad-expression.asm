; Expressions that are not expressions.
        db 1+
        db *2
        db 1 2
        db ()
        dw 1 ++
        mov ax, 5 5
        db 1 ? 2
        dd label * 2
        dd label + label
        dd -label
        dd ~label
        dd label & 1
label:  db 0
