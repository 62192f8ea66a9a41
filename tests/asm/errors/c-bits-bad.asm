; bits with a number that is no width.
        bits 8
        bits 33
        bits
        bits sixteen
        use17
        bits 128
        db 1
