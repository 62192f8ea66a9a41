; struc, istruc, at, absolute.
struc point
.x:     resw 1
.y:     resw 1
.tag:   resb 3
endstruc
struc other, 0x10
.first  resb 1
        alignb 4
.second resd 2
endstruc
        db point_size, point.x, point.y, point.tag
        dw other, other.first, other.second, other_size
p:      istruc point
        at point.x, dw 1
        at point.y, dw 2
        at point.tag, db "ab"
        iend
q:      istruc point
        at .y, dw p
        iend
        dw q, $ - q
        mov ax, [p + point.y]
        mov byte [bx + point.tag], point_size
absolute 0x7e00
buffer: resb 512
word1:  resw 1
after:
section .text
        mov di, buffer
        dw buffer, word1, after, $
z:
absolute z + 4
zz:     resb 2
zzz:
section .text
        dw z, zz, zzz
