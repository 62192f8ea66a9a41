; json: checks that standard input is one JSON value, as RFC 8259 has it, and prints nothing if it
; is.
;
; A recursive-descent parser: one routine for each rule of the grammar, which consumes its part of
; the input and returns. r12 always holds the next byte, which is not consumed yet, so a routine can
; look ahead one byte.
;
;     value  = object | array | string | number | true | false | null
;     object = { [ string : value { , string : value } ] }
;     array  = [ [ value { , value } ] ]
;
; An error is reported with its line and column, and the exit code is 1. The text must be valid
; UTF-8: no overlong forms, no surrogates, and no numbers above 0x10FFFF. Objects and arrays can be
; nested 10000 levels deep. The input can have any length, because it is not stored.
;
; /// applet
; description = "Check that the input is JSON"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, get_char, format_dec

DEEPEST equ 10000

; r12 = the next byte, or -1; r13 = its line; r14 = its column, in characters; r15 = the depth
    call get_option
    cmp rax, -1
    jne usage

    mov r13d, 1
    xor r14d, r14d
    xor r15d, r15d
    call take
    call value
    cmp r12, -1
    jne trailing
    exit 0

usage:
    warn "usage: json"
    exit 2

; value: any value, with white space around it.
value:
    call skip_spaces
    cmp r12, '"'
    je .string
    cmp r12, '{'
    je object
    cmp r12, '['
    je array
    cmp r12, '-'
    je number
    lea rax, [r12 - '0']
    cmp rax, 9
    jbe number
    lea rbx, [word_true]
    cmp r12, 't'
    je word_
    lea rbx, [word_false]
    cmp r12, 'f'
    je word_
    lea rbx, [word_null]
    cmp r12, 'n'
    je word_
    jmp no_value
.string:
    call string
    jmp skip_spaces

; object: pairs of a string and a value.
object:
    call deeper
    call take
    call skip_spaces
    cmp r12, '}'
    je .end
.pair:
    cmp r12, '"'
    jne no_key
    call string
    call skip_spaces
    cmp r12, ':'
    jne no_colon
    call take
    call value
    cmp r12, '}'
    je .end
    cmp r12, ','
    jne no_end_of_object
    call take
    call skip_spaces
    jmp .pair
.end:
    dec r15d
    call take
    jmp skip_spaces

; array: values.
array:
    call deeper
    call take
    call skip_spaces
    cmp r12, ']'
    je .end
.element:
    call value
    cmp r12, ']'
    je .end
    cmp r12, ','
    jne no_end_of_array
    call take
    jmp .element
.end:
    dec r15d
    call take
    jmp skip_spaces

; deeper: one level more. Without the limit a line of brackets would overflow the stack.
deeper:
    inc r15d
    cmp r15d, DEEPEST
    ja too_deep
    ret

; word_: true, false or null. In: rbx the word, NUL-terminated.
word_:
    movzx eax, byte [rbx]
    test eax, eax
    jz skip_spaces
    cmp r12, rax
    jne no_value
    inc rbx
    call take
    jmp word_

; number: a minus, digits without a zero before them, a fraction, an exponent.
number:
    cmp r12, '-'
    jne .integer
    call take
.integer:
    cmp r12, '0'
    jne .digits
    call take
    lea rax, [r12 - '0']
    cmp rax, 9
    jbe leading_zero
    jmp .fraction
.digits:
    call digits
.fraction:
    cmp r12, '.'
    jne .exponent
    call take
    call digits
.exponent:
    mov eax, r12d
    or eax, 0x20                ; E becomes e
    cmp eax, 'e'
    jne skip_spaces
    call take
    cmp r12, '+'
    je .sign
    cmp r12, '-'
    jne .power
.sign:
    call take
.power:
    call digits
    jmp skip_spaces

; digits: one or more.
digits:
    lea rax, [r12 - '0']
    cmp rax, 9
    ja no_digit
.next:
    call take
    lea rax, [r12 - '0']
    cmp rax, 9
    jbe .next
    ret

; string: characters in quotes. The first quote is the next byte.
string:
    call take
.next:
    cmp r12, '"'
    je take
    cmp r12, -1
    je no_end_of_string
    cmp r12, ' '
    jb control
    cmp r12, '\'
    je .escape
    cmp r12, 0x7F
    ja .not_ascii
    call take
    jmp .next
.escape:
    call take
    cmp r12, 'u'
    je .code
    lea rsi, [escapes]
.find:
    movzx eax, byte [rsi]
    inc rsi
    test eax, eax
    jz no_escape
    cmp rax, r12
    jne .find
    call take
    jmp .next
.code:                          ; four hexadecimal digits
    mov ebx, 4
.digit:
    call take
    lea rax, [r12 - '0']
    cmp rax, 9
    jbe .good
    mov rax, r12
    or rax, 0x20                ; a capital letter becomes small
    sub rax, 'a'
    cmp rax, 'f' - 'a'
    ja no_code
.good:
    dec ebx
    jnz .digit
    call take
    jmp .next

; The first byte of a character tells how many follow. Each of those is 0x80 to 0xBF, but the first
; has narrower bounds to exclude overlong forms and forbidden numbers.
.not_ascii:
    mov ebp, 0x80               ; rbp, rbx = the bounds of the byte that follows
    mov ebx, 0xBF
    cmp r12, 0xC2
    jb not_utf8
    cmp r12, 0xDF
    jbe .one
    cmp r12, 0xEF
    jbe .two
    cmp r12, 0xF4
    ja not_utf8
    cmp r12, 0xF0
    jne .not_f0
    mov ebp, 0x90
.not_f0:
    cmp r12, 0xF4
    jne .three
    mov ebx, 0x8F
.three:
    call .follows
.more:
    call .follows
.one:
    call .follows
    call take
    jmp .next
.two:
    cmp r12, 0xE0
    jne .not_e0
    mov ebp, 0xA0
.not_e0:
    cmp r12, 0xED
    jne .more
    mov ebx, 0x9F               ; the surrogates are after it
    jmp .more
.follows:
    call take
    cmp r12, rbp
    jb not_utf8
    cmp r12, rbx
    ja not_utf8
    mov ebp, 0x80
    mov ebx, 0xBF
    ret

; skip_spaces: white space between the parts.
skip_spaces:
    cmp r12, ' '
    je .skip
    cmp r12, 9
    je .skip
    cmp r12, 10
    je .skip
    cmp r12, 13
    je .skip
    ret
.skip:
    call take
    jmp skip_spaces

; take: consumes the next byte. Out: r12 = the byte after it, or -1; r13, r14 its line and column.
; Clobbers rax, rcx, rdx, rsi, rdi, r8 to r11.
take:
    cmp r12, 10
    jne .same_line
    inc r13
    xor r14d, r14d
.same_line:
    call get_char
    mov r12, rax
    and eax, 0xC0               ; what is 10xxxxxx in UTF-8 goes on with a character
    cmp eax, 0x80
    je .same_column
    inc r14
.same_column:
    ret

; The errors.
%macro complain 1
    lea r8, [%%text]
    jmp complain_at
%%text:
    db %1, 10
%endmacro

no_value:
    complain "a value was expected"
no_key:
    complain "a name in quotes was expected"
no_colon:
    complain "a colon was expected"
no_end_of_object:
    complain "a comma or } was expected"
no_end_of_array:
    complain "a comma or ] was expected"
no_digit:
    complain "a digit was expected"
leading_zero:
    complain "a number must not begin with 0"
no_end_of_string:
    complain "this string never ends"
control:
    complain "a control character must be escaped in a string"
no_escape:
    complain "this escape is not known"
no_code:
    complain "four hexadecimal digits were expected"
not_utf8:
    complain "this is not UTF-8"
too_deep:
    complain "more than 10000 objects and arrays within each other"
trailing:
    complain "the end was expected"

; complain_at: writes "line N, column N: " and the text r8 to standard error, and exits with 1.
complain_at:
    push r8
    lea rdi, [message]
    mov rax, "line "
    stosq
    sub rdi, 3                  ; the last three were NULs
    mov rax, r13
    call format_dec
    mov rax, ", column"
    stosq
    mov al, ' '
    stosb
    mov rax, r14
    call format_dec
    mov ax, ": "
    stosw
    pop rsi
.copy:
    lodsb
    stosb
    cmp al, 10
    jne .copy
    lea rcx, [message]
    sub rdi, rcx
    write_to WRITE_ERR, message, edi
    exit 1

word_true:
    db "true", 0
word_false:
    db "false", 0
word_null:
    db "null", 0
escapes:
    db '"\/bfnrt', 0

%define STREAM_SIZE 0x10000
%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
message:
    resb 160
