; mandelbrot: draws the Mandelbrot set, in text.
;
; A point c of the complex plane belongs to the set if z = z * z + c, starting from 0, stays
; bounded. Once |z| is above 2 it grows without bound; the number of rounds until then chooses the
; character. SSE2 computes with two doubles in one register: here each register holds one, and the
; `sd` instructions (scalar double) leave the other half alone. The picture is 3 wide and 2 high,
; about -0.5. The argument is the width in characters, 2 to 200; the default is 78. A character is
; about twice as high as it is wide, so there is one row for three columns.
;
; /// applet
; description = "Draw the Mandelbrot set in characters"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number

ROUNDS equ 60

    mov eax, 78
    call optional_number
    jc usage
    cmp rax, 2
    jb usage
    cmp rax, 200
    ja usage
    mov r8d, eax                ; r8 = columns
    xor edx, edx
    mov ecx, 3
    div ecx
    mov r9d, eax
    inc r9d                     ; r9 = rows

    movsd xmm8, [four]          ; |z| > 2 is |z|^2 > 4, without a root
    lea rdi, [text]
    xor r11d, r11d              ; r11 = row
next_row:
    xor r10d, r10d              ; r10 = column
next_column:
    cvtsi2sd xmm0, r10d         ; re c = column * 3 / columns - 2
    mulsd xmm0, [width]
    cvtsi2sd xmm2, r8d
    divsd xmm0, xmm2
    addsd xmm0, [left]
    cvtsi2sd xmm1, r11d         ; im c = row * 2 / rows - 1
    mulsd xmm1, [height]
    cvtsi2sd xmm2, r9d
    divsd xmm1, xmm2
    addsd xmm1, [bottom]

    call escape
    lea rbx, [shades]
    mov al, [rbx + rax]
    mov [rdi], al
    inc rdi
    inc r10d
    cmp r10d, r8d
    jb next_column
    mov byte [rdi], 10
    inc rdi
    inc r11d
    cmp r11d, r9d
    jb next_row

    lea rax, [text]
    sub rdi, rax
    write text, edi
    exit 0

usage:
    warn "usage: mandelbrot [COLUMNS], from 2 to 200"
    exit 2

; escape: how soon a point leaves.
; In: xmm0 + i xmm1 the point, xmm8 = 4. Out: eax = rounds until |z| > 2, at most ROUNDS.
; Clobbers xmm2 to xmm6.
escape:
    xor eax, eax
    xorpd xmm2, xmm2            ; z = xmm2 + i xmm3
    xorpd xmm3, xmm3
.round:
    movapd xmm4, xmm2
    mulsd xmm4, xmm2            ; re^2
    movapd xmm5, xmm3
    mulsd xmm5, xmm3            ; im^2
    movapd xmm6, xmm4
    addsd xmm6, xmm5
    ucomisd xmm6, xmm8
    ja .end
    mulsd xmm3, xmm2            ; im = 2 * re * im + im c
    addsd xmm3, xmm3
    addsd xmm3, xmm1
    subsd xmm4, xmm5            ; re = re^2 - im^2 + re c
    addsd xmm4, xmm0
    movapd xmm2, xmm4
    inc eax
    cmp eax, ROUNDS
    jb .round
.end:
    ret

%include "stdlib/option.inc"

; The characters for 0 to ROUNDS rounds.
shades:
    db "   ..::--"
    times 5 db "="
    times 8 db "+"
    times 12 db "*"
    times ROUNDS - ($ - shades) db "%"
    db "#"                      ; the set itself

align 8
; The SSE2 formats of these numbers, sign, exponent and fraction, as IEEE 754 has them.
four:
    dq 0x4010000000000000       ;  4.0
left:
    dq 0xC000000000000000       ; -2.0
bottom:
    dq 0xBFF0000000000000       ; -1.0
width:
    dq 0x4008000000000000       ;  3.0
height:
    dq 0x4000000000000000       ;  2.0

section .bss
text:
    resb 201 * 68               ; 200 columns and a newline, 67 rows and one to spare
