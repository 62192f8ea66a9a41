; Jump tables, offsets between labels and `$` in data while the code between them relaxes.
        bits 16
        org 0x100
entry:  mov bx, [si+table]
        jmp bx
table:  dw h0, h1, h2, h3
        dw h1-h0, h2-h1, h3-h2, $-table, $-$$
        db h1-h0
h0:     jmp h2
        times 60 nop
h1:     jmp h3
        times 60 nop
h2:     jmp h0
        times 10 nop
h3:     jmp h1
len     equ $-h0
        dw len
        dd h3-h0, h3
        dq h3
        times (h3-h0) & 15 db 0xcc
        resb 3
tail:   dw tail
