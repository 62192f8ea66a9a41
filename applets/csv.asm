; csv: prints one column of a table whose lines are fields with commas between them.
;
; Splitting a line at its commas is not enough: a quoted field may contain commas and newlines, and
; two quotes in it mean one. So the applet is a state machine with three states: at the beginning of
; a field, within a plain field, within quotes. Each byte either belongs to the field or changes the
; state. The first column is 1. -d sets another separator, such as -d ';', and -q keeps the quotes
; of a field, so that a newline in it is not taken for the end of a row.
;
; A row without that column gives an empty line. A quote that is not closed is an error, with exit
; code 1.
;
; /// applet
; description = "Print a column of comma-separated values"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, option_text, operand_number, get_char, peek_char, put_char, flush, format_dec

; r12 = the wanted column, r13 = the current one, r14 = the separator, r15 = the line, rbp = 1 to
; keep the quotes
    xor r12d, r12d
    mov r14d, ','
    mov r15d, 1
    xor ebp, ebp
next_option:
    call get_option
    cmp rax, -1
    je options_end
    test rax, rax
    jz column
    cmp al, 'q'
    je keep_quotes
    cmp al, 'd'
    jne usage
    call option_text
    jc usage
    movzx r14d, byte [rax]
    cmp r14d, 0
    je usage
    cmp byte [rax + 1], 0
    jne usage
    jmp next_option
keep_quotes:
    mov ebp, 1
    jmp next_option
column:
    test r12, r12
    jnz usage                   ; only one
    call operand_number
    jc usage
    test rax, rax
    jz usage
    mov r12, rax
    jmp next_option
options_end:
    test r12, r12
    jnz next_row

usage:
    warn "usage: csv [-d SEPARATOR] [-q] COLUMN"
    exit 2

next_row:
    call peek_char
    cmp rax, -1
    je done
    mov r13d, 1
begin_field:
    call peek_char
    cmp al, '"'
    jne plain
    call get_char
    mov [quote_line], r15
    test ebp, ebp
    jz quoted
    mov al, '"'
    call put_wanted
quoted:
    call get_char
    cmp rax, -1
    je never_closed
    cmp al, '"'
    je closing
    cmp al, 10
    jne quoted_byte
    inc r15
quoted_byte:
    call put_wanted
    jmp quoted
closing:                        ; or a doubled one
    call peek_char
    cmp al, '"'
    je doubled
    test ebp, ebp
    jz plain
    mov al, '"'
    call put_wanted
    jmp plain                   ; what is after the quote belongs to the field
doubled:
    call get_char
    test ebp, ebp
    jz quoted_byte
    call put_wanted
    mov al, '"'
    jmp quoted_byte

plain:
    call get_char
    cmp rax, -1
    je end_of_row
    cmp al, 10
    je end_of_row
    cmp al, r14b
    je end_of_field
    cmp al, 13
    je return
plain_byte:
    call put_wanted
    jmp plain
return:                         ; before a newline it belongs to that
    call peek_char
    cmp al, 10
    mov al, 13
    jne plain_byte
    jmp plain
end_of_field:
    inc r13
    jmp begin_field

end_of_row:
    inc r15
    mov edi, 10
    call put_char
    jmp next_row

done:
    call flush
    exit 0

never_closed:
    call flush
    lea rdi, [text]
    mov rax, "line "
    stosq
    sub rdi, 3                  ; the last three were NULs
    mov rax, [quote_line]
    call format_dec
    lea rsi, [complaint]
    mov ecx, COMPLAINT
    rep movsb
    lea rcx, [text]
    sub rdi, rcx
    write_to WRITE_ERR, text, edi
    exit 1

; put_wanted: writes the byte al if the field is in the wanted column.
put_wanted:
    cmp r13, r12
    jne .end
    movzx edi, al
    jmp put_char
.end:
    ret

complaint:
    db ": this quote is never closed", 10
COMPLAINT equ $ - complaint

%define STREAM_SIZE 0x10000
%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
    alignb 8
quote_line:
    resq 1
text:
    resb 64
