; A master boot record with a partition table, laid out by asserts over $-$$.
        org 0x600
        bits 16
        cpu 386
%macro at_offset 1
  %if ($-$$) > %1
    %error "past offset" %1
  %endif
        times %1-($-$$) db 0
%endmacro
%macro partition 4-6 0, 0
        db %1
        db %5, 1, 0
        db %2
        db %6, 0xfe & 0xff, 0xff
        dd %3
        dd %4
%endmacro
        cli
        xor ax, ax
        mov ss, ax
        mov sp, 0x7c00
        mov si, sp
        push ax
        pop es
        push ax
        pop ds
        sti
        cld
        mov di, 0x600
        mov cx, 512/2
        repne movsw
        jmp 0:continue
continue:
        mov si, table
        mov bl, 4
.search:
        cmp byte [si], 0x80
        je .found
        cmp byte [si], 0
        jne .bad
        add si, 16
        dec bl
        jnz .search
        int 0x18
.bad:   mov si, message
.print: lodsb
        cmp al, 0
        je $
        push si
        mov bx, 7
        mov ah, 0xe
        int 0x10
        pop si
        jmp short .print
.found: mov dx, [si]
        mov cx, [si+2]
        mov eax, dword [si+8]
        mov [packet.sector], eax
        mov si, packet
        mov ah, 0x42
        int 0x13
        jc .bad
        cmp word [0x7dfe], 0xaa55
        jne .bad
        jmp 0:0x7c00
message db "Bad partition table", 0
packet: db 16, 0
        dw 1
        dw 0x7c00, 0
.sector dq 0
        at_offset 440
        dd 0x12345678
        dw 0
table:
        partition 0x80, 0x0c, 2048, 1024*1024
        partition 0, 0x83, 2048+1024*1024, 8*1024*1024, 1
        partition 0, 0, 0, 0
        partition 0, 0, 0, 0
        at_offset 510
        dw 0xaa55
