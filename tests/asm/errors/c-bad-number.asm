; Numbers with digits that their base does not have, and too large ones.
        db 0x
        db 12a
        db 0b102
        db 0xgg
        db 9q
        dq 99999999999999999999999
        db 1.5.2
        dd 1.0e
        db 0o8
