; lisp: a tiny Lisp that reads expressions, evaluates them and prints their values.
;
; Values are numbers, symbols, and pairs of two values. A list is a pair of its first element and
; the list of the rest; the empty list () is not a pair, and it also means false. A program is such
; a list: (f x y) calls f with x and y, and a few lists are special forms:
;
;     (quote x) or 'x    (if c x y)    (cond (c x) ...)    (and x ...)    (or x ...)    (begin x ...)
;     (define x 7)    (define (f a b) ...)    (lambda (a b) ...)    (let ((a 1) (b 2)) ...)
;
; `define` always defines global names. (lambda (a . r) ...) takes any number of arguments and finds
; what follows the first in r. The functions: cons car cdr list, null? pair? symbol? number? eq?
; not, + - * / % = < > <= >=, and show. A tail call uses no stack, so a loop written as recursion
; can run for any time. Comments go from ; to the line's end.
;
; A value is one 64-bit word, and its low bits are its type:
;
;     ...1  a number, 63 bits     .000  a pair, or 0: the empty list     .010  a symbol
;     .100  a function: the pair (parameters . (body . environment))     .110  a function of this file
;
; An environment is a list of pairs (symbol . value), the innermost first. Pairs come from a heap of
; cells. When the heap is full, the garbage collector marks every cell that can be reached from a
; symbol or from a word on the stack that looks like a pair. All other cells become free.
;
; Error messages go to standard error and make the exit code 1; then the next expression is read.
;
; /// applet
; description = "A tiny Lisp: try (define (sq x) (* x x)) and (sq 12)"
; ///

bits 64
default rel

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need format_int

CELLS    equ 1 << 16            ; of the heap, 16 bytes each
LEAST    equ CELLS / 8          ; fewer free ones than this are out of memory
SYMBOLS  equ 1 << 20            ; bytes for the symbols that the program makes
STACK    equ 1 << 20            ; bytes
SLACK    equ 1 << 16            ; of these kept for what does not recurse
INPUT    equ 1 << 16
OUTPUT   equ 1 << 16
LONGEST  equ 255                ; letters of a name

IS_SYMBOL   equ 2
IS_LAMBDA   equ 4
IS_BUILTIN  equ 6
UNBOUND     equ 2               ; the value of a symbol without one: no symbol is at address 0

struc symbol
    .next:    resq 1            ; the symbol made before it
    .value:   resq 1
    .special: resq 1            ; where `eval` does it, for quote and its like
    .code:    resq 1            ; of a function of this file
    .least:   resd 1            ; how many arguments that takes
    .most:    resd 1
    .length:  resq 1
    .name:
endstruc

; fail "text": reports an error with the value in rdi. fail_alone: without a value.
%macro fail 1
    lea rsi, [%%text]
    jmp complain
%%text:
    db %1, ": ", 0
%endmacro
%macro fail_alone 1
    lea rsi, [%%text]
    jmp complain_alone
%%text:
    db %1, 0
%endmacro

    cld                         ; string instructions go upwards
    lea rsp, [stack_top]
    lea r15, [output]           ; r15 = where the next byte of output goes
    mov byte [port], WRITE
    lea rax, [last_symbol]
    mov [symbols], rax
    lea rax, [symbol_space]
    mov [symbol_next], rax
    lea rax, [heap]
    mov [fresh], rax

next_expression:
    mov qword [running], 0
    call skip_blanks
    cmp eax, -1
    je end_of_input
    call read
    mov rdi, rax
    xor esi, esi                ; the empty environment
    call eval
    mov rdi, rax
    call show
    mov al, 10
    call put
    jmp next_expression

end_of_input:
    call flush
    mov al, [exit_code]
    out EXIT, al

; eval: the value of an expression. In: rdi the expression, rsi the environment. Out: rax.
; Keeps rbx, rbp, r12, r13. Within it rbx = the expression, rbp = the environment.
eval:
    lea rax, [stack + SLACK]
    cmp rsp, rax
    jb too_deep
    push rbx
    push rbp
    push r12
    push r13
    mov rbx, rdi
    mov rbp, rsi
.again:                         ; a tail call comes back here
    mov rax, rbx
    test bl, 7
    jz .list
    mov ecx, ebx
    and ecx, 7
    cmp ecx, IS_SYMBOL
    jne .done                   ; numbers and functions are their own values
    mov rcx, rbp
.search:
    test rcx, rcx
    jz .global
    mov rdx, [rcx]              ; (symbol . value)
    mov rcx, [rcx + 8]
    cmp [rdx], rbx
    jne .search
    mov rax, [rdx + 8]
    jmp .done
.global:
    mov rax, [rbx - IS_SYMBOL + symbol.value]
    cmp rax, UNBOUND
    jne .done
    mov rdi, rbx
    fail "this has no value"

.list:
    test rbx, rbx
    jz .done                    ; () is its own value
    mov rdi, [rbx]
    mov ecx, edi
    and ecx, 7
    cmp ecx, IS_SYMBOL
    jne .call
    mov rcx, [rdi - IS_SYMBOL + symbol.special]
    test rcx, rcx
    jz .call
    jmp rcx
.call:
    mov rsi, rbp
    call eval
    mov r12, rax                ; the function
    mov rdi, [rbx + 8]
    mov rsi, rbp
    call eval_list
    mov rdi, rax                ; the arguments
    mov ecx, r12d
    and ecx, 7
    cmp ecx, IS_BUILTIN
    je .builtin
    cmp ecx, IS_LAMBDA
    je .lambda
    mov rdi, r12
    fail "this is no function"

.builtin:
    xor ecx, ecx                ; how many there are
    mov rax, rdi
.count:
    test rax, rax
    jz .counted
    inc ecx
    mov rax, [rax + 8]
    jmp .count
.counted:
    sub r12, IS_BUILTIN
    cmp ecx, [r12 + symbol.least]
    jb wrong_count
    cmp ecx, [r12 + symbol.most]
    ja wrong_count
    mov [running], r12          ; for a complaint
    mov rdx, rdi                ; rdx = all arguments, rdi = the first, rsi = the second
    test ecx, ecx
    jz .run
    mov rdi, [rdx]
    cmp ecx, 1
    je .run
    mov rsi, [rdx + 8]
    mov rsi, [rsi]
.run:
    call [r12 + symbol.code]
    mov qword [running], 0
    jmp .done

.lambda:
    mov rsi, rdi
    mov r13, [r12 - IS_LAMBDA + 8]
    mov rdi, [r12 - IS_LAMBDA]
    mov rdx, [r13 + 8]          ; the environment in which the function was made
    call bind
    mov rbp, rax
    mov rbx, [r13]              ; the body, a list of expressions
.sequence:
    xor eax, eax
    test rbx, rbx
    jz .done
.next_of_sequence:
    mov rdi, rbx
    call cdr_of
    test rax, rax
    jz .last_of_sequence
    mov rdi, [rbx]
    mov rbx, rax
    mov rsi, rbp
    call eval
    jmp .next_of_sequence
.last_of_sequence:
    mov rbx, [rbx]
    jmp .again

.done:
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

; The special forms: rbx = the whole list.
.quote:
    mov rdi, [rbx + 8]
    call car_of
    jmp .done

.if:
    mov rdi, [rbx + 8]
    call car_of
    mov rdi, rax
    mov rsi, rbp
    call eval
    mov r12, rax
    mov rdi, [rbx + 8]
    call cdr_of
    mov rdi, rax
    test r12, r12
    jnz .choose
    call cdr_of
    test rax, rax               ; no third: () it is
    jz .done
    mov rdi, rax
.choose:
    call car_of
    mov rbx, rax
    jmp .again

.cond:
    mov r12, [rbx + 8]
.clause:
    xor eax, eax
    test r12, r12
    jz .done
    mov rdi, r12
    call car_of
    mov r13, rax
    mov rdi, rax
    call car_of
    mov rdi, rax
    mov rsi, rbp
    call eval
    mov r12, [r12 + 8]
    test rax, rax
    jz .clause
    mov rbx, [r13 + 8]
    test rbx, rbx               ; nothing follows: the value of the condition
    jz .done
    jmp .next_of_sequence

.and:
    lea rax, [symbol_t + IS_SYMBOL]
    mov r12, [rbx + 8]
    test r12, r12
    jz .done
.next_and:
    mov rdi, r12
    call cdr_of
    test rax, rax
    jz .last
    mov rdi, [r12]
    mov r12, rax
    mov rsi, rbp
    call eval
    test rax, rax
    jz .done
    jmp .next_and
.last:
    mov rbx, [r12]
    jmp .again

.or:
    xor eax, eax
    mov r12, [rbx + 8]
    test r12, r12
    jz .done
.next_or:
    mov rdi, r12
    call cdr_of
    test rax, rax
    jz .last
    mov rdi, [r12]
    mov r12, rax
    mov rsi, rbp
    call eval
    test rax, rax
    jnz .done
    jmp .next_or

.begin:
    mov rbx, [rbx + 8]
    jmp .sequence

.function:                      ; lambda
    mov rdi, [rbx + 8]
    call cdr_of
    mov r12, rax
    mov rdi, [rbx + 8]
    call car_of
    mov rdi, rax
    mov rsi, r12
    mov rdx, rbp
    call make_function
    jmp .done

.define:
    mov rdi, [rbx + 8]
    call cdr_of
    mov r12, rax                ; the value, or the body
    mov rdi, [rbx + 8]
    call car_of
    test al, 7
    jnz .define_value
    mov rdi, rax
    call car_of                 ; (define (name parameters...) body...)
    mov r13, rax
    mov rdi, [rdi + 8]
    mov rsi, r12
    mov rdx, rbp
    call make_function
    jmp .set
.define_value:
    mov r13, rax
    mov rdi, r12
    call car_of
    mov rdi, rax
    mov rsi, rbp
    call eval
.set:
    mov rdi, r13
    mov ecx, r13d
    and ecx, 7
    cmp ecx, IS_SYMBOL
    jne .no_name
    cmp qword [r13 - IS_SYMBOL + symbol.special], 0
    jne .no_name
    mov [r13 - IS_SYMBOL + symbol.value], rax
    mov rax, r13
    jmp .done
.no_name:
    fail "this cannot be given a value"

.let:
    mov rdi, [rbx + 8]
    call car_of
    mov r12, rax                ; ((name expression) ...)
    mov r13, rbp                ; the environment with the new names
.next_name:
    test r12, r12
    jz .named
    mov rdi, r12
    call car_of
    mov rdi, rax
    push rax
    call cdr_of
    mov rdi, rax
    call car_of
    mov rdi, rax
    mov rsi, rbp
    call eval
    pop rdi
    mov rdi, [rdi]
    mov rsi, rax
    call cons
    mov rdi, rax
    mov rsi, r13
    call cons
    mov r13, rax
    mov r12, [r12 + 8]
    jmp .next_name
.named:
    mov rbp, r13
    mov rdi, [rbx + 8]
    mov rbx, [rdi + 8]
    jmp .sequence

wrong_count:
    mov rdi, rbx
    fail "wrong number of arguments"
too_deep:
    fail_alone "nested too deep"

; make_function: a function. In: rdi its parameters, rsi its body, rdx its environment. Out: rax.
make_function:
    push rdi
    mov rdi, rsi
    mov rsi, rdx
    call cons
    pop rdi
    mov rsi, rax
    call cons
    add rax, IS_LAMBDA
    ret

; car_of, cdr_of: the halves of the pair rdi, in rax. If it is not a pair: an error of the
; expression rbx.
car_of:
    test dil, 7
    jnz malformed
    test rdi, rdi
    jz malformed
    mov rax, [rdi]
    ret
cdr_of:
    test dil, 7
    jnz malformed
    test rdi, rdi
    jz malformed
    mov rax, [rdi + 8]
    ret
malformed:
    mov rdi, rbx
    fail "malformed"

; eval_list: the values of all expressions of a list. In: rdi the list, rsi the environment, rbx the
; call it is a part of, for error messages. Out: rax.
eval_list:
    push r14
    push rbp
    push r12
    push r13
    mov r14, rdi
    mov rbp, rsi
    xor r12d, r12d              ; the first pair, and in r13 the last
.next:
    test r14, r14
    jz .done
    mov rdi, r14
    call car_of
    mov rdi, rax
    mov rsi, rbp
    call eval
    mov rdi, rax
    xor esi, esi
    call cons
    test r12, r12
    jz .first
    mov [r13 + 8], rax
    jmp .append
.first:
    mov r12, rax
.append:
    mov r13, rax
    mov r14, [r14 + 8]
    jmp .next
.done:
    mov rax, r12
    pop r13
    pop r12
    pop rbp
    pop r14
    ret

; bind: an environment with the arguments under the names of the parameters.
; In: rdi the parameters, rsi the arguments, rdx the environment around. Out: rax.
bind:
    mov rax, rdx
.next:
    test rdi, rdi
    jz .end
    test dil, 7
    jnz .rest
    test rsi, rsi
    jz wrong_count
    push rdi
    push rsi
    push rax
    mov rdi, [rdi]
    mov rsi, [rsi]
    call cons
    mov rdi, rax
    pop rsi
    call cons
    pop rsi
    pop rdi
    mov rdi, [rdi + 8]
    mov rsi, [rsi + 8]
    jmp .next
.rest:                          ; the symbol after a dot takes all that are left
    push rax
    call cons
    mov rdi, rax
    pop rsi
    jmp cons
.end:
    test rsi, rsi
    jnz wrong_count
    ret

; cons: a new pair. In: rdi, rsi its halves. Out: rax. Clobbers rcx.
cons:
    mov rax, [free]
    test rax, rax
    jz .fresh
    mov rcx, [rax]              ; the next free cell; the 1 makes a number of it for the collector
    dec rcx
    mov [free], rcx
.fill:
    mov [rax], rdi
    mov [rax + 8], rsi
    ret
.fresh:
    mov rax, [fresh]            ; at first cells are taken in order
    lea rcx, [heap_end]
    cmp rax, rcx
    je .collect
    add qword [fresh], 16
    jmp .fill
.collect:
    call collect
    jmp cons

; collect: frees the cells that are not reachable. Keeps all registers; their values are roots.
collect:
    push rax
    push rcx
    push rdx
    push rbx
    push rbp
    push rsi
    push rdi
    push r12
    push r13
    push r14
    lea r8, [waiting]
    mov rsi, rsp
    lea rdi, [stack_top]
.stack:
    lodsq
    call mark
    cmp rsi, rdi
    jne .stack
    mov rbx, [symbols]
.symbol:
    mov rax, [rbx + symbol.value]
    call mark
    mov rbx, [rbx + symbol.next]
    test rbx, rbx
    jnz .symbol

    xor eax, eax                ; the cells without a mark become a chain
    xor edx, edx                ; how many they are
    lea rdi, [heap]
    lea rsi, [marks]
    mov ecx, CELLS
.cell:
    cmp byte [rsi], 0
    jne .keep
    inc rax
    mov [rdi], rax
    mov rax, rdi
    inc edx
.keep:
    mov byte [rsi], 0
    inc rsi
    add rdi, 16
    dec ecx
    jnz .cell
    mov [free], rax
    cmp edx, LEAST
    jb .full
    pop r14
    pop r13
    pop r12
    pop rdi
    pop rsi
    pop rbp
    pop rbx
    pop rdx
    pop rcx
    pop rax
    ret
.full:
    fail_alone "out of memory: nearly all of 65536 pairs are in use"

; mark: marks the pair rax, if it looks like one, and everything reachable from it. Instead of
; recursion it uses a work list at r8. Clobbers rax, rcx, rdx, r9.
mark:
    mov r9, r8
.value:
    test al, 3                  ; pairs and functions have neither of these bits
    jnz .next
    and rax, -8
    lea rcx, [heap]
    mov rdx, rax
    sub rdx, rcx
    cmp rdx, CELLS * 16         ; unsigned: also what is before the heap is too much
    jae .next
    test dl, 15
    jnz .next
    shr rdx, 4
    lea rcx, [marks]
    cmp byte [rcx + rdx], 0
    jne .next
    mov byte [rcx + rdx], 1
    mov rcx, [rax]
    mov [r8], rcx
    add r8, 8
    mov rax, [rax + 8]
    jmp .value
.next:
    cmp r8, r9
    je .end
    sub r8, 8
    mov rax, [r8]
    jmp .value
.end:
    ret

; The functions of this file. In: rdi the first argument, rsi the second, rdx the list of all.
; Out: rax.
builtin_cons equ cons
builtin_car:
    call expect_pair
    mov rax, [rdi]
    ret
builtin_cdr:
    call expect_pair
    mov rax, [rdi + 8]
    ret
expect_pair:
    test dil, 7
    jnz .none
    test rdi, rdi
    jz .none
    ret
.none:
    fail "this is no pair"
builtin_list:
    mov rax, rdx
    ret
builtin_not:
builtin_null:
    test rdi, rdi
    jz true
false:
    xor eax, eax
    ret
true:
    lea rax, [symbol_t + IS_SYMBOL]
    ret
builtin_pair:
    test rdi, rdi
    jz false
    test dil, 7
    jz true
    jmp false
builtin_symbol:
    and edi, 7
    cmp edi, IS_SYMBOL
    je true
    jmp false
builtin_number:
    test dil, 1
    jnz true
    jmp false
builtin_eq:
    cmp rdi, rsi
    je true
    jmp false
builtin_print:
    push rdi
    call show
    mov al, 10
    call put
    pop rax
    ret

; Numbers. A number n is kept as 2n + 1.
builtin_add:
    mov eax, 1                  ; 0
.next:
    test rdx, rdx
    jz .done
    mov rdi, [rdx]
    call expect_number
    dec rdi
    add rax, rdi
    jo too_large
    mov rdx, [rdx + 8]
    jmp .next
.done:
    ret
builtin_subtract:
    call expect_number
    mov rdx, [rdx + 8]
    test rdx, rdx
    jz .negate
    mov rax, rdi
.next:
    mov rdi, [rdx]
    call expect_number
    dec rdi
    sub rax, rdi
    jo too_large
    mov rdx, [rdx + 8]
    test rdx, rdx
    jnz .next
    ret
.negate:
    mov eax, 2                  ; 2 * 0 + 1 - (2n + 1) + 1
    sub rax, rdi
    jo too_large
    ret
builtin_multiply:
    mov eax, 2                  ; 2 * 1
.next:
    test rdx, rdx
    jz .done
    mov rdi, [rdx]
    call expect_number
    sar rdi, 1
    imul rax, rdi
    jo too_large
    mov rdx, [rdx + 8]
    jmp .next
.done:
    inc rax
    ret
builtin_divide:
    call divide
    add rax, rax
    jo too_large                ; the least number by -1
    inc rax
    ret
builtin_remainder:
    call divide
    lea rax, [rdx * 2 + 1]
    ret
divide:
    call expect_numbers
    mov rax, rdi
    sar rax, 1
    sar rsi, 1
    jz .by_zero                 ; the shift sets ZF if it became 0
    cqo
    idiv rsi
    ret
.by_zero:
    fail_alone "division by zero"

; comparison NAME, CONDITION
%macro comparison 2
builtin_%1:
    call expect_numbers
    cmp rdi, rsi
    j%2 true
    jmp false
%endmacro
    comparison equal, e
    comparison less, l
    comparison greater, g
    comparison at_most, le
    comparison at_least, ge

expect_numbers:
    test sil, 1
    jnz expect_number
    mov rdi, rsi
expect_number:
    test dil, 1
    jz .none
    ret
.none:
    fail "this is no number"
too_large:
    fail_alone "the result does not fit into 63 bits"

; read: the next expression of the input, which must not be at its end. Out: rax. Keeps rbx, rbp,
; r12, r13.
read:
    lea rax, [stack + SLACK]
    cmp rsp, rax
    jb read_too_deep
    call skip_blanks
    cmp eax, -1
    je read_ended
    inc qword [input_next]      ; skip_blanks left it there
    cmp al, '('
    je .list
    cmp al, ')'
    je read_closed
    cmp al, "'"
    je .quote
    jmp read_word

.quote:                         ; 'x is (quote x)
    call read
    mov rdi, rax
    xor esi, esi
    call cons
    lea rdi, [symbol_quote + IS_SYMBOL]
    mov rsi, rax
    jmp cons

.list:
    push r12
    push r13
    xor r12d, r12d              ; the first pair, and in r13 the last
.next:
    call skip_blanks
    cmp al, ')'
    je .end
    call read
    lea rcx, [symbol_dot + IS_SYMBOL]
    cmp rax, rcx
    je .dot
    mov rdi, rax
    xor esi, esi
    call cons
    test r12, r12
    jz .first
    mov [r13 + 8], rax
    jmp .append
.first:
    mov r12, rax
.append:
    mov r13, rax
    jmp .next
.dot:                           ; (a . b): one expression more, the rest of the list
    test r12, r12
    jz read_dot
    call skip_blanks
    cmp al, ')'
    je read_dot
    call read
    mov [r13 + 8], rax
    call skip_blanks
    cmp al, ')'
    jne read_dot
.end:
    inc qword [input_next]
    mov rax, r12
    pop r13
    pop r12
    ret

; read_word: a number or a symbol, whose first letter is al.
read_word:
    push rbx
    push rbp
    lea rbx, [word_text]
    xor ebp, ebp                ; its length
.next:
    cmp ebp, LONGEST
    je read_long
    mov [rbx + rbp], al
    inc ebp
    call peek
    cmp eax, ' '                ; also -1, the end
    jle .end
    cmp al, '('
    je .end
    cmp al, ')'
    je .end
    cmp al, "'"
    je .end
    cmp al, ';'
    je .end
    inc qword [input_next]
    jmp .next
.end:
    call word_as_number
    jnc .done
    call intern
.done:
    pop rbp
    pop rbx
    ret

; word_as_number: the word at rbx of length rbp, if it is a number. Out: rax, or CF = 1.
word_as_number:
    mov rsi, rbx
    mov ecx, ebp
    cmp byte [rbx], '-'
    je .sign
    cmp byte [rbx], '+'
    jne .begin
.sign:
    inc rsi
    dec ecx
    jz .none                    ; a sign alone
.begin:
    xor edx, edx
.digit:
    movzx eax, byte [rsi]
    inc rsi
    sub al, '0'
    cmp al, 9
    ja .none
    imul rdx, rdx, 10
    jo read_number
    add rdx, rax
    jo read_number
    dec ecx
    jnz .digit
    cmp byte [rbx], '-'
    jne .positive
    neg rdx
.positive:
    mov rax, rdx
    add rax, rax
    jo read_number
    inc rax                     ; leaves CF, which a negative number has set
    clc
    ret
.none:
    stc
    ret

; intern: the symbol whose name is at rbx, of length rbp; it is created if there is none. Out: rax.
intern:
    mov rax, [symbols]
.next:
    cmp [rax + symbol.length], rbp
    jne .other
    lea rsi, [rax + symbol.name]
    mov rdi, rbx
    mov ecx, ebp
    repe cmpsb
    je .found
.other:
    mov rax, [rax + symbol.next]
    test rax, rax
    jnz .next
    mov rax, [symbol_next]
    lea rdi, [rax + symbol.name]
    lea rcx, [rdi + rbp + 7]
    and rcx, -8                 ; the low bits are for saying that it is a symbol
    lea rdx, [symbol_space_end]
    cmp rcx, rdx
    ja read_full
    mov [symbol_next], rcx
    mov rsi, rbx
    mov ecx, ebp
    rep movsb
    mov rcx, [symbols]
    mov [rax + symbol.next], rcx
    mov [symbols], rax
    mov qword [rax + symbol.value], UNBOUND
    mov [rax + symbol.length], rbp
.found:
    add rax, IS_SYMBOL
    ret

; skip_blanks: goes to the next expression. Out: eax its first byte, which stays there, or -1.
skip_blanks:
    call peek
    cmp eax, -1
    je .end
    cmp al, ';'
    je .comment
    cmp al, ' '
    ja .end
    inc qword [input_next]
    jmp skip_blanks
.comment:
    call skip_line
    jmp skip_blanks
.end:
    ret

; skip_line: goes to the end of the line.
skip_line:
    call peek
    cmp eax, -1
    je .end
    cmp al, 10
    je .end
    inc qword [input_next]
    jmp skip_line
.end:
    ret

; peek: the next byte of the input, or -1 at its end. Out: eax. Clobbers rcx, rsi, rdi.
peek:
    mov rsi, [input_next]
    cmp rsi, [input_end]
    jb .there
    call flush                  ; someone may wait for it before typing
    lea rdi, [input]
    mov ecx, INPUT
    in eax, READ
    mov [input_next], rdi
    add rax, rdi
    mov [input_end], rax
    cmp rax, rdi
    je .none
    mov rsi, rdi
.there:
    movzx eax, byte [rsi]
    ret
.none:
    mov eax, -1
    ret

; show: writes a value. In: rdi. Keeps rbx, rbp, r12, r13.
show:
    mov eax, edi
    and eax, 7
    jz .list
    test al, 1
    jnz .number
    cmp al, IS_LAMBDA
    je .lambda
    cmp al, IS_BUILTIN
    je .builtin
    sub rdi, IS_SYMBOL
put_name:                       ; the name of the symbol at rdi
    lea rsi, [rdi + symbol.name]
    mov ecx, [rdi + symbol.length]
    jmp put_bytes
show.number:
    mov rax, rdi
    sar rax, 1
    lea rdi, [word_text]
    call format_int
    lea rsi, [word_text]
    mov rcx, rdi
    sub rcx, rsi
    jmp put_bytes
show.lambda:
    lea rsi, [text_lambda]
    mov ecx, text_lambda_end - text_lambda
    jmp put_bytes
show.builtin:
    push rdi
    mov al, '<'
    call put
    pop rdi
    sub rdi, IS_BUILTIN
    call put_name
    mov al, '>'
    jmp put
show.list:
    push rbx
    mov rbx, rdi
    mov al, '('
    call put
    test rbx, rbx
    jz .close
    lea rax, [stack + SLACK / 2]
    cmp rsp, rax
    jb .deep
.element:
    mov rdi, [rbx]
    call show
    mov rbx, [rbx + 8]
    test rbx, rbx
    jz .close
    mov al, ' '
    call put
    test bl, 7
    jz .element
    mov al, '.'
    call put
    mov al, ' '
    call put
    mov rdi, rbx
    call show
.close:
    mov al, ')'
    call put
    pop rbx
    ret
.deep:
    lea rsi, [text_deep]
    mov ecx, text_deep_end - text_deep
    call put_bytes
    jmp .close

text_lambda:
    db "<lambda>"
text_lambda_end:
text_deep:
    db "..."
text_deep_end:

; put_text: writes the NUL-terminated text at rsi. put_bytes: rcx bytes at rsi. put: the byte al.
; flush: writes the buffer to the current port. They clobber rax, rcx, rsi.
put_text:
    lodsb
    test al, al
    jz put_bytes.done
    push rsi
    call put
    pop rsi
    jmp put_text
put_bytes:
    test rcx, rcx
    jz .done
    push rcx
    lodsb
    push rsi
    call put
    pop rsi
    pop rcx
    dec rcx
    jmp put_bytes
.done:
    ret
put:
    mov [r15], al
    inc r15
    lea rax, [output + OUTPUT]
    cmp r15, rax
    jne flush.done
flush:
    push rdx
    lea rsi, [output]
    mov rcx, r15
    sub rcx, rsi
    mov r15, rsi
    movzx edx, byte [port]
    in eax, dx
    pop rdx
.done:
    ret

; Errors. complain: the text rsi and the value rdi. complain_alone: the text.
complain:
    mov rbx, rdi
    mov ebp, 1
    jmp complain_with
complain_alone:
    xor ebp, ebp
complain_with:
    lea rsp, [stack_top]        ; out of all calls
    push rsi
    call flush
    mov byte [port], WRITE_ERR
    lea rsi, [text_error]
    call put_text
    mov rdi, [running]          ; the function of this file that complains
    test rdi, rdi
    jz .text
    call put_name
    lea rsi, [text_colon]
    call put_text
.text:
    pop rsi
    call put_text
    test ebp, ebp
    jz .end
    mov rdi, rbx
    call show
.end:
    mov al, 10
    call put
    call flush
    mov byte [port], WRITE
    mov byte [exit_code], 1
    jmp next_expression

text_error:
    db "error: ", 0
text_colon:
    db ": ", 0

; While reading: the rest of the line is skipped, because it could be misread.
%macro fail_reading 1
    call skip_line
    fail_alone %1
%endmacro
read_closed:
    fail_reading "a ) without ("
read_dot:
    fail_reading "a dot in the wrong place"
read_long:
    fail_reading "a name is longer than 255 letters"
read_number:
    fail_reading "a number does not fit into 63 bits"
read_too_deep:
    fail_reading "nested too deep"
read_full:
    fail_reading "there is no room for more names"
read_ended:
    fail_reading "the input ends within an expression"

; The symbols of this file. symbol "name", LABEL, VALUE, SPECIAL, CODE, LEAST, MOST
%define last_symbol_so_far 0
%macro a_symbol 2-7 UNBOUND, 0, 0, 0, 0
    %strlen %%length %1
    align 8, db 0
%2:
    dq last_symbol_so_far, %3, %4, %5
    dd %6, %7
    dq %%length
    db %1
    %xdefine last_symbol_so_far %2
%endmacro
; special "name", LABEL, WHERE: a special form.
%macro special 3
    a_symbol %1, %2, UNBOUND, %3
%endmacro
; builtin "name", WHERE[, LEAST, MOST]: a function.
%macro builtin 2-4 1, 1
    a_symbol %1, symbol_%2, symbol_%2 + IS_BUILTIN, 0, builtin_%2, %3, %4
%endmacro
ANY equ -1                      ; unsigned: the largest number

    a_symbol "t", symbol_t, symbol_t + IS_SYMBOL
    a_symbol "nil", symbol_nil, 0
    a_symbol ".", symbol_dot
    special "quote", symbol_quote, eval.quote
    special "if", symbol_if, eval.if
    special "cond", symbol_cond, eval.cond
    special "and", symbol_and, eval.and
    special "or", symbol_or, eval.or
    special "begin", symbol_begin, eval.begin
    special "define", symbol_define, eval.define
    special "lambda", symbol_lambda, eval.function
    special "let", symbol_let, eval.let
    builtin "cons", cons, 2, 2
    builtin "car", car
    builtin "cdr", cdr
    builtin "list", list, 0, ANY
    builtin "null?", null
    builtin "not", not
    builtin "pair?", pair
    builtin "symbol?", symbol
    builtin "number?", number
    builtin "eq?", eq, 2, 2
    builtin "+", add, 0, ANY
    builtin "-", subtract, 1, ANY
    builtin "*", multiply, 0, ANY
    builtin "/", divide, 2, 2
    builtin "%", remainder, 2, 2
    builtin "=", equal, 2, 2
    builtin "<", less, 2, 2
    builtin ">", greater, 2, 2
    builtin "<=", at_most, 2, 2
    builtin ">=", at_least, 2, 2
    builtin "print", print
last_symbol equ last_symbol_so_far

%include "stdlib/fmt.inc"

section .bss
alignb 4096                     ; a store beside code makes a processor fetch that code again
symbols:                        ; the symbol made last
    resq 1
symbol_next:                    ; where the next one goes
    resq 1
free:                           ; a chain of free cells
    resq 1
fresh:                          ; the first cell that was never used
    resq 1
running:                        ; the function of this file that is at work, or 0
    resq 1
input_next:
    resq 1
input_end:
    resq 1
port:
    resb 1
exit_code:
    resb 1
word_text:
    resb LONGEST + 1
input:
    resb INPUT
output:
    resb OUTPUT
alignb 8
symbol_space:
    resb SYMBOLS
symbol_space_end:
alignb 16
heap:
    resb CELLS * 16
heap_end:
marks:
    resb CELLS
waiting:                        ; a pair adds one more than it removes
    resq CELLS + 1
stack:
    resb STACK
stack_top:
