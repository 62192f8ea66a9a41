; Text-mode drawing: a box with colours, a cursor by CRTC ports, a spinner on the timer.
        org 0x7c00
        bits 16
WIDTH   equ 80
HEIGHT  equ 25
%define cell(x,y) (((y)*WIDTH+(x))*2)
%define colour(fore,back) (((back) << 4 | (fore)) << 8)
%define BLUE 1
%define WHITE 15
%define YELLOW 14
%macro text 4
        [section .data]
%%s:    db %4
%%n     equ $-%%s
        __?SECT?__
        mov si, %%s
        mov di, cell(%1,%2)
        mov cx, %%n
        mov ah, (%3) >> 8
        call write
%endmacro
        cli
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 0x7c00
        mov ax, 3
        int 10h
        push word 0xb800
        pop es
        mov ax, ' ' | colour(WHITE, BLUE)
        xor di, di
        mov cx, WIDTH*HEIGHT
        cld
        rep stosw
        mov di, cell(10,5)
        mov ax, 0xc9 | colour(YELLOW, BLUE)
        stosw
        mov al, 0xcd
        mov cx, 58
        rep stosw
        mov al, 0xbb
        stosw
        text 30, 6, colour(YELLOW, BLUE), "Flat binaries"
        text 30, 8, colour(WHITE, BLUE), {"one, two", ", three"}
        mov bx, cell(40,12) / 2
        mov dx, 0x3d4
        mov al, 0x0f
        out dx, al
        inc dl
        mov al, bl
        out dx, al
        dec dl
        mov al, 0x0e
        out dx, al
        inc dl
        mov al, bh
        out dx, al
        sti
spin:   hlt
        mov bx, [0x46c]
        shr bx, 2
        and bx, byte 3
        mov al, [bx+spinner]
        mov [es:cell(79,0)], al
        mov byte [es:cell(79,0)+1], 0x4f
        jmp spin
write:  lodsb
        stosw
        loop write
        ret
        section .data
spinner db '|/-\'
