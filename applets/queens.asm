; queens: places N queens on a board of N by N so that none attacks another, in all possible ways.
;
; The search places one queen in each row. The attacked columns of a row are three bit sets, with
; one bit for each column: the columns taken, and the diagonals from the left and from the right.
; From one row to the next the diagonals move by one column, which is a shift. The free columns are
; the bits that are in none of the three sets, and `x & -x` is the lowest of them.
;
; If no column is free, the last queen was wrong: the recursive call returns, and its caller tries
; its next column. This search is called backtracking. The applet prints the first solution and the
; number of solutions, including mirrored and rotated ones. The argument is N, 1 to 14; the default
; is 8.
;
; /// applet
; description = "Place N queens on a board so that none attacks another"
; timeout = "60s"
; ///

bits 16

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number, format_dec

MOST equ 14

    mov eax, 8
    call optional_number
    jc usage
    cmp eax, 1
    jb usage
    cmp eax, MOST
    ja usage
    mov [size], ax
    mov cx, ax
    mov ax, 1
    shl ax, cl
    dec ax
    mov [board], ax             ; a bit for each column

    cld                         ; string instructions go upwards
    xor bx, bx                  ; bx = the columns taken
    xor si, si                  ; si = those on diagonals that go to the left
    xor di, di                  ; di = those on diagonals that go to the right
    xor bp, bp                  ; bp = the row
    call place

    mov eax, [solutions]
    mov di, text
    call format_dec
    sub di, text
    write text, di
    print " solution"
    cmp dword [solutions], 1
    je end_of_line
    putc 's'
end_of_line:
    putc 10
    exit 0

usage:
    warn "usage: queens [N], from 1 to 14"
    exit 2

; place: places queens on row bp and all rows below it, in all possible ways.
; In: bx, si, di the columns attacked, bp the row. Keeps them. Clobbers eax, cx, dx.
place:
    cmp bp, [size]
    je found
    mov dx, bx
    or dx, si
    or dx, di
    not dx
    and dx, [board]             ; dx = the columns that are free
.next:
    mov ax, dx
    neg ax
    and ax, dx                  ; ax = the lowest of them
    jz .end
    xor dx, ax                  ; it is not free the next time
    mov cx, bp
    add cx, cx
    xchg bx, cx
    mov [queens + bx], ax       ; for the picture
    xchg bx, cx

    push bx
    push si
    push di
    push dx
    or bx, ax
    or si, ax
    shl si, 1
    or di, ax
    shr di, 1
    inc bp
    call place
    dec bp
    pop dx
    pop di
    pop si
    pop bx
    jmp .next
.end:
    ret

; found: counts a solution, and shows it if it is the first. Keeps all registers but eax, cx, dx.
found:
    inc dword [solutions]
    cmp dword [solutions], 1
    jne .end
    pusha
    xor bx, bx
.row:
    mov dx, [queens + bx]
    mov di, text
    mov cx, [size]
.column:
    mov al, '.'
    shr dx, 1                   ; CF = is there a queen?
    jnc .store
    mov al, 'Q'
.store:
    stosb
    mov al, ' '
    stosb
    loop .column
    mov byte [di - 1], 10       ; a newline instead of the last space
    sub di, text
    write text, di
    add bx, 2
    mov ax, [size]
    add ax, ax
    cmp bx, ax
    jb .row
    popa
.end:
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

section .bss
size:
    resw 1
board:
    resw 1
solutions:
    resd 1
queens:
    resw MOST
text:
    resb MOST * 2
