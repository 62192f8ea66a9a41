; Every way of writing an integer: prefixes, suffixes, underscores, case, $ for hex.
        dw 200, 0200, 0200d, 0d200, 200D, 200t, 0t200
        dw 0c8h, $0c8, 0xc8, 0hc8, 0C8H, 0XC8, 0x0C8
        dw 310q, 310o, 0o310, 0q310, 310Q
        dw 11001000b, 1100_1000b, 1100_1000y, 0b1100_1000, 0y1100_1000, 0B11
        dd 0xffff_ffff, 4_294_967_295, 1_0, 0x_ff
        dq 0xffffffffffffffff, 18446744073709551615, -1, -9223372036854775808
        dq 0xfedcba98_76543210, 777_777q
        db 0bh, 0b, 1b, 10b, 0b1, 0ah, 0dh, 1d, 9h, 0d9
