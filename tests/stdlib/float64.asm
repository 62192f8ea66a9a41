; stdlib/float.inc, by lines of standard input: p, the bits of a number and how many digits come
; behind the point: its text. r and a text: the bits of its number, the carry flag, and how many
; characters it took. s and numbers: their sum. d and numbers: the sum of the products of their
; first and their second half. Sums are taken twice, the second time from an odd address.
bits 64
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "check.inc"
%include "lines.inc"
need put_float, format_float, parse_float, float_sum, float_dot, put_dec, mem_move

next:
    mov rdi, line
    mov rsi, LINE_SIZE
    call get_line
    cmp rax, -1
    je done
    cmp byte [line], 'r'
    je read
    mov rbp, numbers            ; as in read_line
    mov rbx, line + 1
.next:
    mov rdi, rbx
    call next_word
    test rax, rax
    jz .done
    mov rdi, rax
    mov esi, 16
    call parse_digits
    mov [rbp], rax
    add rbp, 8
    mov rbx, rdx
    jmp .next
.done:
    sub rbp, numbers
    shr rbp, 3
    mov [count], rbp
    cmp byte [line], 's'
    je sum
    cmp byte [line], 'd'
    je dot

    movq xmm0, [numbers]
    mov rsi, [numbers + 8]
    checked put_float
    call end_line
    jmp next

read:
    mov rdi, line + 2
    checked parse_float
    setc byte [carry]
    sub rdx, line + 2
    mov [count], rdx
    movq rax, xmm0
    bt word [carry], 0
    result
    mov rdi, [count]
    call put_dec
    call end_line
    jmp next

sum:
    mov rdi, numbers
    mov rsi, [count]
    checked float_sum
    movq rax, xmm0
    call put_value
    call by_one
    mov rdi, numbers + 1
    mov rsi, [count]
    checked float_sum
    jmp shown
dot:
    shr qword [count], 1
    mov rdi, numbers
    mov rsi, [count]
    mov rdx, rsi
    lea rsi, [rdi + rsi * 8]
    checked float_dot
    movq rax, xmm0
    call put_value
    call by_one
    mov rdi, numbers + 1
    mov rsi, [count]
    mov rdx, rsi
    lea rsi, [rdi + rsi * 8]
    checked float_dot
shown:
    movq rax, xmm0
    call put_value
    call end_line
    jmp next

by_one:                         ; all numbers one byte up
    mov rdi, numbers + 1
    mov rsi, numbers
    mov rdx, 199 * 8
    jmp mem_move

done:
    mov rax, __?float64?__(1.5)   ; into the program's own memory
    movq xmm0, rax
    mov rdi, line
    mov esi, 1
    checked format_float
    cmp rdi, line + 3
    jne .wrong
    cmp word [line + 1], '.5'
    jne .wrong
    mov al, 0
    jmp finish
.wrong:
    mov al, 1
    jmp finish

line_helpers

%include "stdlib/float.inc"
%include "stdlib/string.inc"
%include "stdlib/parse.inc"
%include "stdlib/print.inc"

line_memory
section .bss
    alignb 8
count: resq 1
