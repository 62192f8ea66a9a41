; incbin with offset and length.
        incbin "incbin.bin"
        incbin "incbin.bin", 5
a:      incbin "incbin.bin", 5, 3
        incbin "incbin.bin", 0, 4
        incbin "incbin.bin", 18, 400
        times 2 incbin "incbin.bin", 1, 2
        dw a
