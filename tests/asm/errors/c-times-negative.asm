; Counts that are negative or no numbers.
        times -1 db 0
        times 510-($-$$)-600 db 0
        times db 0
        times 3
        times eax nop
        resb -5
        resb
