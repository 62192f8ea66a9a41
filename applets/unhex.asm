; unhex: converts a hexadecimal dump to bytes; it is the inverse of `hexdump`.
;
; A line has an offset, a colon, the bytes as two hexadecimal digits each with optional single
; spaces, and after two spaces a comment, such as hexdump's characters. So you can dump a file,
; change digits in an editor, and get the changed file. If an offset is beyond the end of the
; earlier bytes, zeros fill the gap; an offset cannot go back. With -p the input is digits only, and
; white space between bytes is ignored.
;
; At an error the applet writes the bytes before it, prints the number of the line, and exits with
; 1.
;
; /// applet
; description = "Convert a hexadecimal dump to bytes"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, get_char, put_char, flush, format_dec

; r12 = the offset in the output, r13 = the line, r14 = 1 for plain digits
    xor r12d, r12d
    mov r13d, 1
    xor r14d, r14d
next_option:
    call get_option
    cmp rax, -1
    je start
    cmp al, 'p'
    jne usage
    mov r14d, 1
    jmp next_option

usage:
    warn "usage: unhex [-p]"
    exit 2

start:
    test r14d, r14d
    jnz plain

; A line at a time: an offset of at most 16 digits, a colon, pairs of digits.
next_line:
    xor ebx, ebx                ; rbx = the offset
    xor ebp, ebp                ; rbp = how many digits it has
offset_digit:
    call next_character
    cmp rax, -1
    je end_of_input
    cmp al, ':'
    je end_of_offset
    cmp al, 10
    je empty_line
    call digit_value
    jc wrong
    rol rbx, 4
    or rbx, rax
    inc ebp
    cmp ebp, 16
    jbe offset_digit
wrong:
    call flush
    lea rdi, [text]
    mov rax, "line "
    stosq
    sub rdi, 3                  ; the last three were NULs
    mov rax, r13
    call format_dec
    lea rsi, [complaint]
    mov ecx, COMPLAINT
    rep movsb
    lea rcx, [text]
    sub rdi, rcx
    write_to WRITE_ERR, text, edi
    exit 1

empty_line:
    test ebp, ebp
    jnz wrong
    inc r13
    jmp next_line

end_of_input:
    test ebp, ebp
    jnz wrong
done:
    call flush
    exit 0

end_of_offset:
    test ebp, ebp
    jz wrong
fill_gap:
    cmp r12, rbx
    je bytes
    ja wrong                    ; that was written already
    xor edi, edi
    call put_char
    inc r12
    jmp fill_gap

bytes:
    call next_character         ; one space before a byte is nothing, two end the bytes
    cmp al, ' '
    jne first_digit
    call next_character
    cmp al, ' '
    jne first_digit
comment:
    call next_character         ; a comment, up to the end of the line
    cmp rax, -1
    je done
    cmp al, 10
    jne comment
    inc r13
    jmp next_line
first_digit:
    cmp rax, -1
    je done
    cmp al, 10
    je end_of_line
    call digit_value
    jc wrong
    mov ebx, eax
    call next_character
    call digit_value
    jc wrong
    call put_pair
    jmp bytes
end_of_line:
    inc r13
    jmp next_line

; Digits only.
plain:
    call next_character
    cmp rax, -1
    je done
    cmp al, 10
    jne not_newline
    inc r13
not_newline:
    cmp al, ' '
    jbe plain
    call digit_value
    jc wrong
    mov ebx, eax
    call next_character
    call digit_value
    jc wrong
    call put_pair
    jmp plain

; put_pair: writes the byte of the digits rbx and rax, and advances r12.
put_pair:
    shl ebx, 4
    lea edi, [rbx + rax]
    inc r12
    jmp put_char

; next_character: get_char, but a carriage return is skipped.
next_character:
    call get_char
    cmp al, 13
    je next_character
    ret

; digit_value: the value of a hexadecimal digit. In: rax, -1 too. Out: eax, CF = 1 if it is not a
; digit.
digit_value:
    lea ecx, [rax - '0']
    cmp ecx, 10
    jb .decimal
    or eax, 0x20                ; a capital letter becomes small
    lea ecx, [rax - 'a']
    cmp ecx, 6
    jae .none
    add ecx, 10
.decimal:
    mov eax, ecx
    clc
    ret
.none:
    stc
    ret

complaint:
    db " is no hexadecimal dump", 10
COMPLAINT equ $ - complaint

%define STREAM_SIZE 0x10000
%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
text:
    resb 64
