; incbin with offset and length.
        incbin "tests/asm/incbin.bin"
        incbin "tests/asm/incbin.bin", 5
a:      incbin "tests/asm/incbin.bin", 5, 3
        incbin "tests/asm/incbin.bin", 0, 4
        incbin "tests/asm/incbin.bin", 18, 400
        times 2 incbin "tests/asm/incbin.bin", 1, 2
        dw a
