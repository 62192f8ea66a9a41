; sierpinski: draws Sierpinski's triangle, in text.
;
; A position has a star if its column x and its row y have no common bit: x AND y = 0. This is
; Pascal's triangle modulo 2, and the picture is self-similar. The argument is the number of rows, 1
; to 128; the default is 16.
;
; /// applet
; description = "Draw Sierpinski's triangle in characters"
; ///

bits 16

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number

    mov eax, 16
    call optional_number
    jc usage
    cmp eax, 1
    jb usage
    cmp eax, 128
    ja usage
    mov bp, ax

    cld                         ; string instructions go upwards
    mov bx, bp                  ; bx = y, from the last row to 0: the top of the picture
next_row:
    dec bx
    mov di, line

    mov cx, bx                  ; indent the row by y, to make the triangle stand upright
    mov al, ' '
    rep stosb

    xor dx, dx                  ; dx = x, from 0 to the last column that is right of the slope
next_column:
    mov ax, ' *'                ; al = a space, ah = a star
    test dx, bx
    jnz put
    mov al, ah
put:
    mov ah, ' '                 ; a space after it, so that half a column is one character
    stosw
    inc dx
    mov ax, bp
    sub ax, bx
    cmp dx, ax                  ; row y has as many columns as there are rows from it to the top
    jb next_column

    dec di                      ; the space after the last one goes
    mov al, 10
    stosb
    mov ax, di
    sub ax, line
    write line, ax
    test bx, bx
    jnz next_row
    exit 0

usage:
    warn "usage: sierpinski [ROWS], from 1 to 128"
    exit 2

%include "stdlib/option.inc"

section .bss
line:
    resb 512
