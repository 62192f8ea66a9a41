; struc, endstruc, istruc, at, iend: sizes, offsets, defaults, a base offset, use in addresses.
        bits 32
struc point
.x:     resd 1
.y:     resd 1
endstruc
struc mytype
mt_long:  resd 1
mt_word:  resw 1
mt_byte:  resb 1
          alignb 4
mt_str:   resb 32
endstruc
struc frame, 8
.arg1   resd 1
.arg2   resd 1
endstruc
struc negative, -12
.a      resd 1
.b      resd 1
endstruc
        dd point_size, mytype_size, frame_size, negative_size
        dd point.x, point.y, mt_str, frame.arg1, frame.arg2, negative.a, negative.b
        mov eax, [ebx+point.y]
        mov ecx, [ebp+frame.arg2]
        mov edx, [ebp+negative.a]
        mov esi, [array+ecx*point_size+point.y]
origin: istruc point
        at point.x, dd 3
        at point.y, dd 4
iend
mystruc:
        istruc mytype
        at mt_long, dd 123456
        at mt_word, dw 1024
        at mt_byte, db 'x'
        at mt_str,  db 'hello, world', 13, 10, 0
        iend
partial:
        istruc mytype
        at mt_word, dw 7
        iend
empty:  istruc mytype
        iend
array:  times 4*point_size db 0xaa
        mov eax, [mystruc+mt_str]
        db point_size
