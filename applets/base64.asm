; base64: writes bytes as text of 64 characters, or with -d reads them back, as base64(1) does.
;
; Three bytes are 24 bits, and so are four digits of six bits. The characters of the 64 digits are A
; to Z, a to z, 0 to 9, + and /. If one or two bytes are left at the end, zero bits fill the last
; digit, and = replaces each missing digit. Lines have 76 characters, or as many as -w says; -w 0
; makes a single line without a line end.
;
; To decode, a table gives the digit of each character. Newlines are skipped. Any other character is
; an error: the applet writes the bytes decoded so far and exits with 1.
;
; /// applet
; description = "Encode in base64, or with -d decode"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, option_number, get_char, put_char, flush

; Entries of the table for characters that are not digits.
NEWLINE equ 0x80
PADDING equ 0x81
WRONG   equ 0x82

    mov r12d, 76                ; r12 = characters of a line
    xor r13d, r13d              ; r13 = 1 to decode
next_option:
    call get_option
    cmp rax, -1
    je start
    cmp al, 'd'
    je decoding
    cmp al, 'w'
    jne usage
    call option_number
    jc usage
    mov r12, rax
    jmp next_option
decoding:
    mov r13d, 1
    jmp next_option

usage:
    warn "usage: base64 [-d] [-w COLUMNS]"
    exit 2

start:
    test r13d, r13d
    jnz decode

; Encoding. rbx = the bits of the current bytes, rbp = how many of these bytes there are, r14 = how
; many characters the line has.
    xor r14d, r14d
encode_next:
    xor ebx, ebx
    xor ebp, ebp
gather:
    call get_char
    cmp rax, -1
    je encode_group
    shl ebx, 8
    or ebx, eax
    inc ebp
    cmp ebp, 3
    jb gather
encode_group:
    test ebp, ebp
    jz end_of_text
    mov ecx, 3                  ; bytes that are missing are zeros
    sub ecx, ebp
    shl ecx, 3
    shl ebx, cl
    shl ebx, 8                  ; 24 bits at the top: ROL brings six of them to the bottom
    xor r15d, r15d              ; r15 = which of the four digits
next_digit:
    rol ebx, 6
    mov edi, '='
    cmp r15d, ebp               ; one byte makes two digits, two make three
    ja put_digit
    mov eax, ebx
    and eax, 63
    lea rdi, [alphabet]
    movzx edi, byte [rdi + rax]
put_digit:
    call put_wrapped
    inc r15d
    cmp r15d, 4
    jb next_digit
    cmp ebp, 3
    je encode_next
end_of_text:
    test r12, r12
    jz done
    test r14, r14
    jz done
    mov edi, 10
    call put_char
done:
    call flush
    exit 0

; put_wrapped: the character dil, and a newline before it if the line is full.
; In: r12 the length of lines, or 0; r14 the characters in this one. Out: r14.
put_wrapped:
    test r12, r12
    jz put_char
    cmp r14, r12
    jb .room
    push rdi
    mov edi, 10
    call put_char
    pop rdi
    xor r14d, r14d
.room:
    inc r14
    jmp put_char

; Decoding. rbx = the bits of the current digits, rbp = how many digits.
decode:
    call make_values
decode_next:
    xor ebx, ebx
    xor ebp, ebp
next_character:
    call next_value
    cmp rax, -1
    je end_of_digits
    cmp al, PADDING
    je padding
    cmp al, WRONG
    je wrong
    shl ebx, 6
    or ebx, eax
    inc ebp
    cmp ebp, 4
    jb next_character
    mov ebp, 3
    call put_group
    jmp decode_next

padding:                        ; two = after two digits, one after three
    cmp ebp, 2
    jb wrong
    je two_digits
    shl ebx, 6
    mov ebp, 2
    call put_group
    jmp decode_next
two_digits:
    call next_value
    cmp rax, PADDING
    jne wrong
    shl ebx, 12
    mov ebp, 1
    call put_group
    jmp decode_next

end_of_digits:
    test ebp, ebp
    jz done
wrong:                          ; whole bytes of the digits that came are good still
    cmp ebp, 2
    jb complain
    mov ecx, 4
    sub ecx, ebp
    imul ecx, ecx, 6
    shl ebx, cl
    dec ebp
    call put_group
complain:
    call flush
    warn "the input is not base64"
    exit 1

; next_value: the table entry of the next character that is not a newline.
; Out: rax the digit, PADDING or WRONG, or -1 at the end of input.
next_value:
    call get_char
    cmp rax, -1
    je .end
    lea rsi, [values]
    movzx eax, byte [rsi + rax]
    cmp al, NEWLINE
    je next_value
.end:
    ret

; put_group: the upper rbp bytes of the 24 bits in ebx. Clobbers rbx, rbp.
put_group:
    shl ebx, 8
.next:
    rol ebx, 8
    movzx edi, bl
    call put_char
    dec ebp
    jnz .next
    ret

; make_values: for each character its digit, or NEWLINE, PADDING, WRONG.
make_values:
    lea rdi, [values]
    mov al, WRONG
    mov ecx, 256
    rep stosb
    lea rdi, [values]
    mov byte [rdi + 10], NEWLINE
    mov byte [rdi + '='], PADDING
    lea rsi, [alphabet]
    xor ecx, ecx
.next:
    movzx eax, byte [rsi + rcx]
    mov [rdi + rax], cl
    inc ecx
    cmp ecx, 64
    jb .next
    ret

alphabet:
    db "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

%define STREAM_SIZE 0x10000
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
values:
    resb 256
