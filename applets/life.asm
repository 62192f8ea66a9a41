; life: plays Conway's Game of Life with a glider, and draws the field.
;
; A cell with three living neighbours lives in the next generation, one with two stays as it is,
; every other cell is dead. The field is a torus: its opposite edges are joined. Its width is a
; power of two, so a position is one number, y * WIDTH + x, and `and` wraps a step over the edge.
; The argument is the number of generations, at most 1000; the default is 4.
;
; /// applet
; description = "Play Conway's Game of Life with a glider"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number

WIDTH  equ 16
HEIGHT equ 8
CELLS  equ WIDTH * HEIGHT

    mov eax, 4
    call optional_number
    jc usage
    cmp eax, 1000
    ja usage
    mov ebp, eax                ; ebp = how many generations are to come

    mov esi, now                ; esi = the field as it is, edi = as it will be
    mov edi, next
    mov byte [esi + 0 * WIDTH + 1], 1
    mov byte [esi + 1 * WIDTH + 2], 1
    mov byte [esi + 2 * WIDTH + 0], 1
    mov byte [esi + 2 * WIDTH + 1], 1
    mov byte [esi + 2 * WIDTH + 2], 1
next_generation:
    test ebp, ebp
    jz draw
    dec ebp
    call generation
    xchg esi, edi
    jmp next_generation

draw:
    mov edi, text
    mov ecx, CELLS
    cld                         ; string instructions go upwards
next_cell:
    lodsb
    cmp al, 1                   ; CF = 1 for a dead cell
    sbb al, al                  ; -1 for a dead cell, 0 for a living one
    and al, '.' - 'O'
    add al, 'O'
    stosb
    dec ecx
    test ecx, WIDTH - 1         ; the end of a row?
    jnz next_cell
    mov al, 10
    stosb
    test ecx, ecx
    jnz next_cell
    write text, CELLS + HEIGHT
    exit 0

usage:
    warn "usage: life [GENERATIONS], at most 1000"
    exit 2

; add_neighbour DX, DY: adds the cell that far from place ebx to al. Clobbers ecx, edx.
; The bits of the column and of the row are added separately, so each wraps by itself.
%macro add_neighbour 2
    lea ecx, [ebx + (%1)]
    and ecx, WIDTH - 1
    lea edx, [ebx + (%2) * WIDTH]
    and edx, CELLS - WIDTH
    or edx, ecx
    add al, [esi + edx]
%endmacro

; generation: one step. In: esi the field, edi where the next one goes.
; Clobbers eax, ebx, ecx, edx.
generation:
    xor ebx, ebx                ; ebx = the place, from the first to the last
.next:
    xor al, al
    add_neighbour -1, -1
    add_neighbour  0, -1
    add_neighbour +1, -1
    add_neighbour -1,  0
    add_neighbour +1,  0
    add_neighbour -1, +1
    add_neighbour  0, +1
    add_neighbour +1, +1
    or al, [esi + ebx]          ; 3 from 3, or from 2 and alive: no other count gives 3
    cmp al, 3
    sete [edi + ebx]
    inc ebx
    cmp ebx, CELLS
    jb .next
    ret

%include "stdlib/option.inc"

section .bss
now:
    resb CELLS
next:
    resb CELLS
text:
    resb CELLS + HEIGHT
