; db dw dd dq dt do dy dz and resb to resz; wrap and sign; labels; many items.
        org 0x10
a:      db 0, 255, -1, -128, 256-1
b:      dw 0, 65535, -1, -32768, a, b-a
c:      dd 0, 0xffffffff, -1, a, b, c-a
d:      dq 0, -1, a, 0x8000000000000000
        dt 1.5
        do 2.5
        db 'a', a, b, (c-b)
        dw 'a', ('b'), +1, - 1, ~0, !0, !5
        DB 1
        Dw 2
        db 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20
        db 1, 2, 3,
        dd 1,2,
x       db 1
y       dw x, y
z:      times 3 dw z, y
        section .bss
room1      resb 1
room2      resw 2
room3      resd 3
room4      resq 4
room5      rest 5
room6      reso 6
room7      resy 7
room8      resz 8
room9:
        section .text
        dw room1, room2, room3, room4, room5, room6, room7, room8, room9
