; `times` whose count is an expression over labels, `$`, `$$`, and with instructions behind it.
        bits 16
begin:  jmp stop
        times 3 mov ax, bx
        times 2 db 'ab', 0
        times 4 dw $
        times 2 jmp $
        times 2 jmp begin
stop:
size    equ stop-begin
        times size db 0xee
        times 64-size nop
        times 0 db 1
        times 5-4 db 5
        times 2*(3+1) db 8
        times 16-(($-$$) & 15) db 0xf0
        times 3 resb 2
        times 2 times 3 db 0x77
        times 128-($-$$) db 0
lbl:    times 4 inc ax
.local: times ($-lbl) db 1
.end    equ .local+3
        times .end-.local dw .end
        times 2 dd 1.0
        times 3 lodsb
        times 2 rep movsb
