; db dw dd dq dt do dy dz with numbers, strings, floats, dup and ?.
        db 1, 2, 3
        db 0x55, 0ffh, $0f, 0b1010, 1010b, 17o, 0q17, 1_000_0 & 0xff, 'a', -1
        db 'hello', "wor", 'l', `d\n\0\x41\t`
        db "it's", "", 'x'
        dw 'a', 'ab', 'abc', 0x1234, -2
        dd 'a', 'abcd', 'abcde', 0x12345678
        dq 'abcdefgh', 'abcdefghi', 0x123456789abcdef0, -1
        dd 1.5, -1.5, +2.0, 1e10, 1.e3, 0.1, 3.14159265358979, 0x1.8p3
        dq 1.5, -0.0, 1e-300, 2.2250738585072014e-308, 1e308, 1_000.5
        dw 1.0, 65504.0, 0.5, 0.00006103515625
        dt 1.5, 3.14159265358979323846, -1e4000, 1e-4940
        do 1.5, 1.1, "sixteen byte str"
        dy "thirty-two bytes of a string...."
        dz "sixty-four"
        dd __Infinity__, -__Infinity__, __NaN__, __QNaN__, __SNaN__, __?Infinity?__
        dq __Infinity__, __NaN__, __SNaN__
        dt __Infinity__, __NaN__, __SNaN__
        dd __float32__(1.5), __?float32?__(-2.25)
        dq __float64__(1.1)
        dw __float16__(1.0), __float80e__(1.5)
        dq __float80m__(1.5), __float128l__(1.5), __float128h__(-1.5)
        db 3 dup (1, 2 dup (7), "ab")
        dw 2 dup (?), 3 dup 5, 1
        dw 2 dup (label, $-$$), "abc"
        db ?, 1
        dd ?, label
        db %(1, 2, 3), 4
label:  dw label, label + 2, label - 1
        db label - $$, $ - label, label
        dd ahead, ahead - label, 2 * (ahead - label), -(label - ahead)
        dq ahead, label
        db 255, -128, 127, -255
        db 5 dup (0), (1 + 2) * 3, 'a' + 1
        times 3 db 1, 2, 'xy'
        times 2 dw label, 5
        times 4 dw $ - $$
        db 1,
ahead:  dw $, $$, ahead
