; rule110: runs the cellular automaton of rule 110, which is Turing-complete, one generation a line.
;
; The cells of a row are on or off. The next state of a cell depends on itself and its two
; neighbours. There are eight cases, and the eight results are the bits of the rule's number, 110 =
; 0b01101110:
;
;     before   111 110 101 100 011 010 001 000
;     after     0   1   1   0   1   1   1   0
;
; A cell is on if it or its right neighbour was on, unless all three were. So a few logical
; instructions compute the next state of a whole word of cells from the word and the word shifted
; left and right. RCL and RCR shift the whole row: they move the bit shifted out of one word into
; the next through the carry flag.
;
; The row has 80 cells. At first only the last one is on; cells beyond the ends are off. The
; argument is the number of rows, at most 10000; the default is 40.
;
; /// applet
; description = "Run the cellular automaton of rule 110"
; ///

bits 16

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number

WORDS equ 5                     ; of 16 cells each; the leftmost cell is the highest bit of word 0
CELLS equ WORDS * 16

    mov eax, 40
    call optional_number
    jc usage
    cmp eax, 10000
    ja usage
    mov bp, ax                  ; bp = how many rows are still to come
    cld                         ; string instructions go upwards
    mov word [row + (WORDS - 1) * 2], 1
next_row:
    test bp, bp
    jz done
    call print_row
    call step
    dec bp
    jmp next_row

done:
    exit 0

usage:
    warn "usage: rule110 [ROWS], at most 10000"
    exit 2

; step: the row a generation later. Clobbers ax, bx, cx, dx, si, di.
step:
    mov di, right               ; right: each cell's right neighbour, the row shifted to the left
    mov si, row
    mov cx, WORDS
    rep movsw
    mov bx, (WORDS - 1) * 2
    clc                         ; off comes in at the end
.shift_left:
    rcl word [right + bx], 1
    dec bx                      ; DEC leaves the carry flag alone: that is why it is not SUB
    dec bx
    jns .shift_left

    xor si, si
    clc
    pushf                       ; the carry between the words of the shift to the right
.word:
    mov ax, [row + si]
    mov dx, [right + si]
    mov bx, ax
    popf
    rcr bx, 1                   ; bx = the left neighbours
    pushf
    mov cx, ax
    and cx, dx
    and cx, bx
    not cx                      ; cx = not all three
    or ax, dx
    and ax, cx
    mov [row + si], ax
    add si, 2
    cmp si, WORDS * 2
    jb .word
    popf
    ret

; print_row: the row as text, # for on and . for off. Clobbers ax, bx, cx, dx, si, di.
print_row:
    mov si, row
    mov di, text
    mov bl, WORDS
.word:
    lodsw
    mov dx, ax
    mov cx, 16
.cell:
    mov al, '.'
    shl dx, 1                   ; CF = the next cell
    jnc .store
    mov al, '#'
.store:
    stosb
    loop .cell
    dec bl
    jnz .word
    mov al, 10
    stosb
    write text, CELLS + 1
    ret

%include "stdlib/option.inc"

section .bss
row:
    resw WORDS
right:
    resw WORDS
text:
    resb CELLS + 1
