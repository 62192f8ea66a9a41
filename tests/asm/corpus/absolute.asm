; absolute: names for places in memory, with code in between, by number and by label.
        bits 16
        org 0x100
absolute 0x1A
kbuf_chr    resw 1
kbuf_free   resw 1
kbuf        resw 16
kbuf_end:
        section .text
        mov ax, [kbuf_chr]
        mov bx, kbuf_end
        cmp ax, kbuf_end-kbuf
        jmp setup
setup:
        mov cx, tsrvar1
        mov dx, tsrvar2-tsrvar1
        ret
absolute setup
tsrvar1     resw 1
tsrvar2     resd 20
absolute 0
field.a     resb 1
field.b     resw 1
            alignb 8
field.c     resq 1
field.size:
offset_now  equ $
        section .text
        mov al, [bx+field.a]
        mov al, [bx+field.b]
        mov al, [bx+field.c]
        db field.size, offset_now
[absolute 0x40]
inner:  resb 2
__?SECT?__
        dw inner
