; sudoku: solves sudokus by backtracking, and reports puzzles with no solution or several.
;
; For each row, column and 3 by 3 box, nine bits record the digits in it. The candidates of a cell
; are the digits in none of its three units: two ORs and a NOT. The search takes the empty cell with
; the fewest candidates, tries each of them, and calls itself for the rest of the grid. A cell
; without candidates means that an earlier digit was wrong; the call returns, and its caller removes
; its digit and tries the next. Often the best cell has only one candidate, so few guesses are
; needed.
;
; A proper sudoku has one solution, so the search does not stop at the first: a second one shows
; that the puzzle is not proper. The input has 81 cells for each puzzle, 1 to 9 or one of . 0 _ for
; an empty one; white space and the characters | + - between them are ignored.
;
; /// applet
; description = "Solve sudokus"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, format_dec, get_char, put_bytes, flush

ALL equ 0x1FF                   ; a bit for each of the digits 1 to 9

    call get_option
    cmp rax, -1
    jne usage
next_puzzle:
    call read_puzzle
    jc done
    inc dword [puzzle]
    call solve
    mov eax, [solutions]
    cmp eax, 1
    jne improper
    call print_solution
    jmp next_puzzle

improper:
    lea r12, [no_solution]
    jb complain
    lea r12, [no_proper_one]
complain:
    call flush                  ; what is solved comes before it
    lea rdi, [text]
    mov rax, "puzzle "
    stosq
    dec rdi                     ; the eighth was a NUL
    mov eax, [puzzle]
    call format_dec
    mov rsi, r12
.copy:
    lodsb
    stosb
    cmp al, 10
    jne .copy
    lea rcx, [text]
    sub rdi, rcx
    write_to WRITE_ERR, text, edi
    mov byte [exit_code], 1
    jmp next_puzzle

done:
    call flush
    mov al, [exit_code]
    out EXIT, al

bad_character:
    call flush
    warn "a cell is one of 1 to 9 . 0 _ with white space, | + or - between them"
    exit 1

incomplete:
    call flush
    warn "the last puzzle has less than 81 cells"
    exit 1

usage:
    warn "usage: sudoku"
    exit 2

; read_puzzle: the next 81 cells into the grid, 0 for an empty one. Out: CF = 1 if there are none.
; Clobbers all registers but r12 to r15.
read_puzzle:
    xor ebx, ebx                ; rbx = which cell
.next:
    call get_char
    cmp rax, -1
    je .end
    lea rsi, [between]
.skip:
    mov cl, [rsi]
    inc rsi
    cmp cl, al
    je .next
    test cl, cl
    jnz .skip
    cmp al, '.'
    je .empty
    cmp al, '_'
    je .empty
    sub al, '0'
    cmp al, 9
    ja bad_character
    jmp .store
.empty:
    xor eax, eax
.store:
    lea rdi, [grid]
    mov [rdi + rbx], al
    inc ebx
    cmp ebx, 81
    jb .next
    clc
    ret
.end:
    test ebx, ebx
    jnz incomplete
    stc
    ret

; solve: counts the solutions of the grid, up to 2, and keeps the first.
; Out: [solutions], [solution]. Clobbers all registers.
solve:
    xor eax, eax
    mov [solutions], eax
    lea rdi, [used]
    mov ecx, 27
    rep stosw
    xor ebx, ebx
.given:
    lea rsi, [grid]
    movzx ecx, byte [rsi + rbx]
    dec ecx
    js .next
    call candidates
    bt eax, ecx
    jnc .contradiction          ; the same digit twice
    mov eax, 1
    shl eax, cl
    call toggle
.next:
    inc ebx
    cmp ebx, 81
    jb .given
    jmp search
.contradiction:
    ret

; search: tries all candidates for the empty cells of the grid. Keeps the grid. Clobbers rax, rcx,
; rdx, rsi, rdi, r8 to r11.
search:
    push rbx
    push rbp
    push r12
    mov r12d, -1                ; r12 = the best cell so far,
    mov r8d, 10                 ; r8 = how many digits it can take,
    xor ebp, ebp                ; rbp = and which
    mov ebx, 80
.cell:
    lea rsi, [grid]
    cmp byte [rsi + rbx], 0
    jne .worse
    call candidates
    popcnt ecx, eax
    cmp ecx, r8d
    jae .worse
    mov r8d, ecx
    mov ebp, eax
    mov r12d, ebx
.worse:
    dec ebx
    jns .cell
    mov ebx, r12d
    test ebx, ebx
    js .full

.next:
    bsf ecx, ebp                ; the lowest digit that is left
    jz .end
    lea eax, [rbp - 1]
    and ebp, eax                ; the next time it is not
    mov r12d, 1
    shl r12d, cl
    inc ecx
    lea rsi, [grid]
    mov [rsi + rbx], cl
    mov eax, r12d
    call toggle
    call search
    mov eax, r12d
    call toggle
    lea rsi, [grid]
    mov byte [rsi + rbx], 0
    cmp dword [solutions], 2
    jb .next
.end:
    pop r12
    pop rbp
    pop rbx
    ret

.full:                          ; no cell is empty: a solution
    inc dword [solutions]
    cmp dword [solutions], 1
    jne .end
    lea rsi, [grid]
    lea rdi, [solution]
    mov ecx, 81
    rep movsb
    jmp .end

; candidates: the digits that cell rbx can take, as bits. Out: eax. Clobbers rdx, rsi, rdi.
candidates:
    call units
    mov ax, [rdi + rax * 2]
    or ax, [rdi + rdx * 2]
    or ax, [rdi + rsi * 2]
    not eax
    and eax, ALL
    ret

; toggle: adds the digit whose bit is in eax to cell rbx's row, column and box, or removes it.
; Clobbers rax, rdx, rsi, rdi, r9.
toggle:
    mov r9d, eax
    call units
    xor [rdi + rax * 2], r9w
    xor [rdi + rdx * 2], r9w
    xor [rdi + rsi * 2], r9w
    ret

; units: the numbers of cell rbx's row (rax), column (rdx) and box (rsi) in `used` (rdi).
units:
    lea rdi, [cells]
    lea rsi, [rbx + rbx * 2]
    add rdi, rsi
    movzx eax, byte [rdi]
    movzx edx, byte [rdi + 1]
    movzx esi, byte [rdi + 2]
    lea rdi, [used]
    ret

; print_solution: nine lines of nine digits, after an empty line if it is not the first.
; Clobbers all registers.
print_solution:
    lea rdi, [text]
    cmp byte [printed], 0
    je .first
    mov al, 10
    stosb
.first:
    mov byte [printed], 1
    lea rsi, [solution]
    mov edx, 9
.row:
    mov ecx, 9
.cell:
    lodsb
    add al, '0'
    stosb
    dec ecx
    jnz .cell
    mov al, 10
    stosb
    dec edx
    jnz .row
    mov rsi, rdi
    lea rdi, [text]
    sub rsi, rdi
    jmp put_bytes

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

no_solution:
    db " has no solution", 10
no_proper_one:
    db " has more than one solution", 10
between:
    db " |+-", 9, 10, 11, 12, 13, 0

; cells: the row, column and box of each cell: 0 to 8, 9 to 17, 18 to 26.
cells:
%assign cell 0
%rep 81
    db cell / 9, 9 + cell % 9, 18 + cell / 27 * 3 + cell % 9 / 3
    %assign cell cell + 1
%endrep

section .bss
puzzle:
    resd 1
solutions:
    resd 1
used:
    resw 27                     ; the digits of each row, column and box, as bits
grid:
    resb 81
solution:
    resb 81
printed:
    resb 1
exit_code:
    resb 1
text:
    resb 128
