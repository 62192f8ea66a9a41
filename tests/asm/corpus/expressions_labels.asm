; Labels in expressions: differences, scaled differences, comparisons, forward and backward.
        org 0x100
        bits 16
        db later-earlier, (later-earlier)/2, (later-earlier)*3 & 0xff
        dw later, later+2, later-$$, later-earlier+1
        dw (later-earlier) > 4 ? 0x1111 : 0x2222
earlier:
        mov ax, later-earlier
        mov al, (later-earlier) & 7
        mov cx, (table_end-table)/4
        add bx, table_end-table
        mov dx, [table+(later-earlier)*2]
        mov si, [bx+table-later+2]
        cmp byte [si+later-earlier], later-earlier
        jmp short $+(later-earlier)
        jmp $-4
        push word (later-earlier)
        int 0x10+(later-earlier)*0
        mov ax, $-earlier
        mov ax, $$
        mov bx, $
later:
table:  dd 1, 2, 3, 4
table_end:
%if table_end-table == 16
        db "sixteen"
%endif
        times (table_end-table)/8 db 0xbb
%assign snapshot table_end-table
        db snapshot
        db later-earlier == 0, later-earlier != 5, (earlier-later) < 0
        resb (later-earlier) & 3
        align 4
        dw $-$$
