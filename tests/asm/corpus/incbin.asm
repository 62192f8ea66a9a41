; incbin whole, from an offset, with a length, inside `times`, with labels about it.
        org 0x1000
whole:  incbin "data/bytes.bin"
.end:
tail:   incbin "data/bytes.bin", 200
part:   incbin 'data/bytes.bin', 10, 20
.size   equ $-part
clip:   incbin `data/bytes.bin`, 250, 100
head    incbin "data/bytes.bin",0,5
        times 3 incbin "data/bytes.bin", 1, 2
%define WHERE "data/bytes.bin"
        incbin WHERE, 4*4, part.size-10
        dw tail-whole, part-tail, clip-part, head-clip, $-head, whole.end
        align 16
        db part.size
