; A boot sector: org, labels, locals, strings, equ, times against $-$$, a far label.
org 0x7c00
bits 16
start:
        mov si, msg
.l:     lodsb
        test al, al
        jz .done
        out 0xe1, al
        jmp .l
.done:  hlt
        jmp far_away
        times 200 nop
far_away:
        mov cx, len
        jmp short start.done + 100
msg:    db "hello", 10, 0
len     equ $ - msg
        dw len, msg, start.l
        times 510-($-$$) db 0
        dw 0xaa55
