; calculator: computes one arithmetic expression a line, such as 1 + 2 * (3 - 4).
;
; A recursive-descent parser: one routine for each rule of the grammar. The nesting of the rules
; gives the precedence of the operators. Each routine parses the text at rsi, returns the value in
; rax, and advances rsi.
;
;     sum     = product { (+ | -) product }
;     product = unary { (* | / | %) unary }
;     unary   = - unary | + unary | ( sum ) | number
;
; Numbers are 64 bits, signed, and wrap around. An error at any depth of calls ends the line: the
; stack pointer is reset to its value at the start of the line. Results go to standard output, and
; error messages with the column to standard error; the exit code is 1 after an error.
;
; /// applet
; description = "Work out arithmetic expressions, one a line"
; ///

bits 64
default rel

%include "stdlib/io.inc"

SIZE    equ 1 << 16             ; the longest line
RESULTS equ 1 << 12             ; results are gathered before they are written
DEEPEST equ 1000                ; parentheses and signs within each other

; rbx..rbp is the input that is not yet used; r12 = where the next result goes; r13 = the line; r14
; = the stack pointer at its start; r15 = the depth of parentheses and signs.
    cld                         ; string instructions go upwards
    lea rbx, [input]
    mov rbp, rbx
    lea r12, [results]
next_line:
    call take_line
    jc end_of_input
    mov r14, rsp
    xor r15d, r15d
    call skip_spaces
    cmp al, 10                  ; an empty line has no result
    je next_line
    call sum
    cmp byte [rsi], 10
    jne unexpected
    call put_result
    jmp next_line

end_of_input:
    call write_results
    mov al, [exit_code]
    out EXIT, al

; sum: products added and subtracted, from left to right.
sum:
    call product
.next:
    cmp byte [rsi], '+'
    je .add
    cmp byte [rsi], '-'
    je .subtract
    ret
.add:
    push rax
    inc rsi
    call product
    pop rcx
    add rax, rcx
    jmp .next
.subtract:
    push rax
    inc rsi
    call product
    pop rcx
    sub rcx, rax
    mov rax, rcx
    jmp .next

; product: unaries multiplied and divided, from left to right.
product:
    call unary
.next:
    mov dl, [rsi]
    cmp dl, '*'
    je .operator
    cmp dl, '/'
    je .operator
    cmp dl, '%'
    je .operator
    ret
.operator:
    push rax
    push rdx
    push rsi
    inc rsi
    call unary
    pop rdi                     ; where the operator is, for a complaint
    pop rdx
    mov rcx, rax
    pop rax                     ; rax OPERATOR rcx
    cmp dl, '*'
    je .multiply
    test rcx, rcx
    jz division_by_zero
    cmp rcx, -1                 ; -2^63 / -1 does not fit: the CPU would raise a divide error
    je .minus_one
    cmp dl, '%'
    cqo                         ; rdx:rax; leaves the flags
    je .remainder
    idiv rcx
    jmp .next
.remainder:
    idiv rcx
    mov rax, rdx
    jmp .next
.multiply:
    imul rax, rcx
    jmp .next
.minus_one:
    neg rax
    cmp dl, '/'
    je .next
    xor eax, eax                ; nothing remains of a division by -1
    jmp .next

; unary: a number, a sign before one, or parentheses.
unary:
    call skip_spaces
    cmp al, '-'
    je .minus
    cmp al, '+'
    je .plus
    cmp al, '('
    je .parenthesis
    sub al, '0'
    cmp al, 9
    ja unexpected
    xor ecx, ecx
.digit:
    movzx eax, al
    imul rcx, rcx, 10
    add rcx, rax
    inc rsi
    mov al, [rsi]
    sub al, '0'
    cmp al, 9
    jbe .digit
    mov rax, rcx
    jmp skip_spaces_after

.minus:
    call deeper
    call unary
    dec r15d
    neg rax
    ret

.plus:
    call deeper
    call unary
    dec r15d
    ret

.parenthesis:
    call deeper
    call sum
    cmp byte [rsi], ')'
    jne unexpected
    inc rsi
    dec r15d
    jmp skip_spaces_after

; deeper: one character on and one level down. Without a limit a line of parentheses would fill all
; memory with return addresses.
deeper:
    inc rsi
    inc r15d
    cmp r15d, DEEPEST
    ja too_deep
    ret

; skip_spaces: advances rsi to the next character that is not a space or tab, and loads it into al.
skip_spaces:
    mov al, [rsi]
    inc rsi
    cmp al, ' '
    je skip_spaces
    cmp al, 9
    je skip_spaces
    dec rsi
    ret

; skip_spaces_after: the same, but leaves the value in rax as it is.
skip_spaces_after:
    push rax
    call skip_spaces
    pop rax
    ret

; Errors in a line. All of them leave the rules at any depth by restoring the saved stack pointer.
%macro complain 1
    lea r8, [%%text]
    mov r9d, %%end - %%text
    jmp complain_at
%%text:
    db %1, 10
%%end:
%endmacro

unexpected:
    complain "an operator or a number was expected"
too_deep:
    complain "more than 1000 parentheses and signs within each other"
division_by_zero:
    mov rsi, rdi
    complain "division by zero"

; complain_at: writes "column N: " and the text r8 of length r9 to standard error.
complain_at:
    mov rsp, r14                ; out of all rules
    mov byte [exit_code], 1
    mov rax, rsi
    sub rax, r13
    inc eax
    lea rdi, [message]
    mov rcx, "column "          ; seven characters and a NUL, in one store
    mov [rdi], rcx
    add rdi, 7
    call decimal
    mov word [rdi], ": "
    add rdi, 2
    mov rsi, r8
    mov ecx, r9d
    rep movsb
    lea rax, [message]
    sub rdi, rax
    write_to WRITE_ERR, message, edi
    jmp next_line

; put_result: a signed number and a newline to the results. In: rax. Clobbers rax, rcx, rdx, rdi.
put_result:
    mov rdi, r12
    test rax, rax
    jns .digits
    mov byte [rdi], '-'
    inc rdi
    neg rax                     ; -2^63 stays itself, and is right as an unsigned number
.digits:
    call decimal
    mov byte [rdi], 10
    inc rdi
    mov r12, rdi
    lea rax, [results + RESULTS]
    cmp r12, rax
    jb write_results.none       ; there is room left: 64 bytes are after the end
write_results:
    lea rsi, [results]
    mov rcx, r12
    sub rcx, rsi
    in eax, WRITE
    lea r12, [results]
.none:
    ret

; decimal: format_dec, but keeps rbx.
decimal:
    push rbx
    call format_dec
    pop rbx
    ret

; take_line: the next line of the input.
; Out: rsi = r13 = the line, ended by a newline; CF = 1 at the end of input.
; Clobbers rax, rcx, rdi.
take_line:
    mov rdi, rbx
    mov rcx, rbp
    sub rcx, rbx
    jz .more
    mov al, 10
    repne scasb
    je .found
.more:
    call write_results          ; before it may have to wait: someone may be watching
    mov rsi, rbx                ; no whole line: move what there is to the front
    mov rcx, rbp
    sub rcx, rbx
    lea rdi, [input]
    mov rbx, rdi
    rep movsb
    mov rbp, rdi
    lea rcx, [input + SIZE]
    sub rcx, rdi
    jz .cut                     ; a line as long as the buffer is cut there
    in eax, READ
    add rbp, rax
    test eax, eax
    jnz take_line
    cmp rbx, rbp                ; the input ended. Is there a last line without a newline?
    je .end
.cut:
    mov rdi, rbp
    mov byte [rdi], 10
    mov rsi, rbx
    mov rbx, rbp
    jmp .line
.found:
    mov rsi, rbx
    mov rbx, rdi
.line:
    mov r13, rsi
    clc
    ret
.end:
    stc
    ret

%include "stdlib/fmt.inc"

section .bss
exit_code:
    resb 1
message:
    resb 256
results:
    resb RESULTS + 64
input:
    resb SIZE + 1               ; and a newline
