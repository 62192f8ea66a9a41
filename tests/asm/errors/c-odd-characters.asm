; Characters that mean nothing here.
        bits 16
        mov ax, #5
        mov ax, @
        db 1 \ 2
        mov ax, {5}
        mov ax, 5 }
        db “curly”
        mov ax, 5 – 3
        § 5
