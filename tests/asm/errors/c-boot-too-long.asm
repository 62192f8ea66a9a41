; A boot sector with more than 510 bytes: the padding is negative.
        org 0x7c00
        bits 16
start:  times 600 nop
        times 510-($-$$) db 0
        dw 0xaa55
