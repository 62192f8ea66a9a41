; sort: sorts the lines of standard input by their bytes, as `LC_ALL=C sort` does.
;
; The lines are not moved; the applet sorts a list of their addresses. Merge sort begins with runs
; of one line each, and merges neighbours into runs of 2, 4, 8, ... lines until there is one. To
; merge two runs, it repeatedly takes the lesser of their first lines. If both are equal it takes
; the left one, so equal lines keep their order. Each pass copies the list to a second list, and the
; next pass copies it back; there are log2(n) passes, so a million lines take 20.
;
; -r reverses the order. -n compares numbers of any length: a minus, digits, a point and more
; digits, after spaces and tabs; lines with equal numbers are compared by their bytes. -u keeps the
; first of equal lines. The input can have 96 MiB and 16,777,216 lines.
;
; /// applet
; description = "Sort lines"
; memory = "240M"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, put_bytes, flush

LINES equ 8 << 20               ; RAM that the applet itself does not fill: two lists of addresses,
MOST  equ 16 << 20              ; as 32-bit numbers,
OTHER equ LINES + MOST * 4
INPUT equ OTHER + MOST * 4      ; and the input
LIMIT equ 96 << 20

next_option:
    call get_option
    cmp rax, -1
    je start
    lea rdi, [reverse]
    cmp al, 'r'
    je switch_on
    lea rdi, [numeric]
    cmp al, 'n'
    je switch_on
    lea rdi, [unique]
    cmp al, 'u'
    je switch_on
    warn "usage: sort [-r] [-n] [-u]"
    exit 2
switch_on:
    mov byte [rdi], 1
    jmp next_option

start:
    mov edi, INPUT
read_all:
    mov ecx, INPUT + LIMIT + 1  ; the last byte shows that it is too long
    sub ecx, edi
    jz too_long
    in eax, READ
    add edi, eax
    test eax, eax
    jnz read_all
    cmp edi, INPUT
    je done
    cmp byte [rdi - 1], 10      ; the last line gets its newline
    je list_lines
    mov byte [rdi], 10
    inc edi

list_lines:                     ; every line's address
    mov ebp, edi                ; rbp = the end of the input
    mov edi, INPUT
    xor r12d, r12d              ; r12 = how many lines
next_line:
    cmp edi, ebp
    jae sort_lines
    cmp r12d, MOST
    jae too_many
    mov [LINES + r12 * 4], edi
    inc r12d
    mov al, 10
    mov ecx, -1                 ; there is a newline for sure
    repne scasb
    jmp next_line

sort_lines:
    mov r14d, LINES             ; r14 = where the list is
    mov r15d, OTHER             ; r15 = where it goes
    mov r13d, 1                 ; r13 = how long the runs are
next_turn:
    cmp r13d, r12d
    jae print_lines
    call merge_all
    xchg r14, r15
    add r13d, r13d
    jmp next_turn

print_lines:
    xor ebx, ebx
print_next:
    cmp ebx, r12d
    jae done
    cmp byte [unique], 0
    je print_it
    test ebx, ebx
    jz print_it
    mov esi, [r14 + r13 * 4]    ; the last that was printed
    mov edi, [r14 + rbx * 4]
    call compare
    je skip
print_it:
    mov r13d, ebx
    mov edi, [r14 + rbx * 4]
    mov esi, edi
.end:
    inc esi
    cmp byte [rsi - 1], 10
    jne .end
    sub esi, edi
    call put_bytes
skip:
    inc ebx
    jmp print_next

done:
    call flush
    exit 0

too_long:
    warn "the input is longer than 96 MiB"
    exit 1
too_many:
    warn "the input has more than 16777216 lines"
    exit 1

; merge_all: merges all pairs of neighbouring runs.
; In: r14 the list, r15 the new list, r12 how many lines, r13 how many a run has.
; Clobbers all but rsp and r12 to r15.
merge_all:
    lea rbp, [r14 + r12 * 4]    ; the end of the list
    mov rbx, r14                ; rbx = the left run, and rdx below is where it ends
    mov rdi, r15
.next_pair:
    cmp rbx, rbp
    jae .end
    lea rdx, [rbx + r13 * 4]
    cmp rdx, rbp
    cmova rdx, rbp
    mov r8, rdx                 ; r8 = the right run, and r9 is where it ends
    lea r9, [r8 + r13 * 4]
    cmp r9, rbp
    cmova r9, rbp
.next_line:
    cmp r8, r9
    jae .left
    cmp rbx, rdx
    jae .right
    push rdx
    push rdi
    mov esi, [rbx]
    mov edi, [r8]
    call compare
    pop rdi
    pop rdx
    jle .take_left
.right:
    mov eax, [r8]
    add r8, 4
    stosd
    cmp r8, r9
    jb .next_line
    cmp rbx, rdx
    jb .next_line
    jmp .both_done
.left:
    cmp rbx, rdx
    jae .both_done
.take_left:
    mov eax, [rbx]
    add rbx, 4
    stosd
    jmp .next_line
.both_done:
    mov rbx, r9
    jmp .next_pair
.end:
    ret

; compare: two lines, as the options say.
; In: rsi, rdi. Out: flags as for a signed comparison of rsi's line with rdi's. Clobbers rax, rcx,
; rdx, rsi, rdi, r10, r11.
compare:
    cmp byte [numeric], 0
    je .bytes
    push rsi
    push rdi
    call compare_numbers
    pop rdi
    pop rsi
    test eax, eax
    jnz .decided
    cmp byte [unique], 0        ; then lines of the same number are equal
    jne .decided
.bytes:
    call compare_bytes
.decided:
    cmp byte [reverse], 0
    je .forward
    neg eax
.forward:
    test eax, eax
    ret

; compare_bytes: two lines by their bytes. In: rsi, rdi. Out: eax < 0, 0 or > 0.
; Clobbers rcx, rsi, rdi.
compare_bytes:
    movzx eax, byte [rsi]
    movzx ecx, byte [rdi]
    cmp eax, ecx
    jne .differ
    inc rsi
    inc rdi
    cmp eax, 10
    jne compare_bytes
    xor eax, eax
    ret
.differ:                        ; the newline marks the end: it is less than all bytes
    cmp eax, 10
    je .less
    cmp ecx, 10
    je .greater
    sub eax, ecx
    ret
.less:
    mov eax, -1
    ret
.greater:
    mov eax, 1
    ret

; compare_numbers: two lines by the numbers they begin with. In: rsi, rdi. Out: eax < 0, 0 or > 0.
; Clobbers rcx, rdx, rsi, rdi, r10, r11.
compare_numbers:
    xchg rsi, rdi
    call begin_number
    mov r10d, eax
    xchg rsi, rdi
    call begin_number
    cmp eax, r10d               ; -1, 0 or 1: are they on the same side of 0?
    jne .sides
    test eax, eax
    jz .end
    mov r10d, eax
    call compare_magnitudes
    imul eax, r10d              ; of two negative numbers the longer is less
.end:
    ret
.sides:
    sub eax, r10d
    ret

; begin_number: skips everything before the significant digits.
; In: rsi the line. Out: rsi at the first digit that is not 0, or at the point; eax the number's
; sign, -1, 0 or 1. Clobbers ecx, edx.
begin_number:
    mov edx, 1
.space:
    mov al, [rsi]
    inc rsi
    cmp al, ' '
    je .space
    cmp al, 9
    je .space
    cmp al, '-'
    jne .zeros
    neg edx
    mov al, [rsi]
    inc rsi
.zeros:
    cmp al, '0'
    jne .digits
    mov al, [rsi]
    inc rsi
    jmp .zeros
.digits:
    dec rsi
    lea ecx, [rax - '1']
    cmp cl, 9
    jb .end                     ; 1 to 9: it is not 0
    cmp al, '.'
    jne .zero
    xor ecx, ecx
.fraction:
    inc ecx
    mov al, [rsi + rcx]
    cmp al, '0'
    je .fraction
    sub al, '1'
    cmp al, 9
    jb .end
.zero:
    xor edx, edx
.end:
    mov eax, edx
    ret

; compare_magnitudes: two numbers without sign and zeros before them.
; In: rsi, rdi their digits. Out: eax < 0, 0 or > 0. Clobbers rcx, rdx, rsi, rdi, r11.
compare_magnitudes:
    xor r11d, r11d              ; r11 = which is greater by the first digit that differs
.digit:
    movzx eax, byte [rsi]
    movzx ecx, byte [rdi]
    sub eax, '0'
    sub ecx, '0'
    cmp eax, 10
    jae .first_ends
    cmp ecx, 10
    jae .greater                ; more digits before the point: greater whatever they are
    inc rsi
    inc rdi
    test r11d, r11d
    jnz .digit
    mov r11d, eax
    sub r11d, ecx
    jmp .digit
.first_ends:
    cmp ecx, 10
    jb .less
    test r11d, r11d
    jnz .decided

; Fractions: a shorter one is continued with zeros.
    call .skip_point
.fraction:
    call .first_digit
    call .second_digit
    mov r11d, eax
    sub r11d, ecx
    jnz .decided
    mov eax, [rsi]              ; equal so far. Is there any digit left in one of them?
    mov ecx, [rdi]
    sub al, '0'
    sub cl, '0'
    cmp al, 10
    jb .fraction
    cmp cl, 10
    jb .fraction
.decided:
    mov eax, r11d
    ret
.greater:
    mov eax, 1
    ret
.less:
    mov eax, -1
    ret

.skip_point:                    ; without a point what follows is no fraction: the line's end is none
    cmp byte [rsi], '.'
    je .first_point
    lea rsi, [no_fraction]
    dec rsi
.first_point:
    inc rsi
    cmp byte [rdi], '.'
    je .second_point
    lea rdi, [no_fraction]
    dec rdi
.second_point:
    inc rdi
    ret

.first_digit:                   ; the next digit of rsi's fraction as eax, 0 after its end
    movzx eax, byte [rsi]
    sub eax, '0'
    cmp eax, 10
    jae .first_over
    inc rsi
    ret
.first_over:
    xor eax, eax
    ret
.second_digit:                  ; the same of rdi's as ecx
    movzx ecx, byte [rdi]
    sub ecx, '0'
    cmp ecx, 10
    jae .second_over
    inc rdi
    ret
.second_over:
    xor ecx, ecx
    ret

no_fraction:
    db 10

%define STREAM_SIZE 0x10000
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
reverse:
    resb 1
numeric:
    resb 1
unique:
    resb 1
