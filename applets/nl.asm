; nl: numbers the lines of standard input that are not empty, as nl(1) does; with -b a all of them.
;
; The applet does not store a whole line. It writes the number at the start of a line, and then the
; bytes up to the newline, even across buffers: a flag records whether the last byte was a line end.
; So lines can have any length. -v sets the first number, -w the width of the number. Lines of \:
; have no special meaning here; for nl(1) they begin a new page.
;
; /// applet
; description = "Number lines"
; timeout = "none"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, option_text, option_number, format_number, put_bytes, put_char, flush

SIZE   equ 0x10000
WIDEST equ 100

; ebx = the next number, ebp = how many bytes of the buffer are left, esi = where
    mov ebx, 1
next_option:
    call get_option
    cmp eax, -1
    je start
    cmp al, 'b'
    je which
    cmp al, 'v'
    je first
    cmp al, 'w'
    jne usage
    call option_number
    jc usage
    test eax, eax
    jz usage
    cmp eax, WIDEST
    ja usage
    mov [width], al
    jmp next_option
first:
    call option_number
    jc usage
    mov ebx, eax
    jmp next_option
which:
    call option_text
    jc usage
    mov dx, [eax]               ; a or t, and the NUL after it
    mov byte [numbers_empty], 1
    cmp dx, 'a'
    je next_option
    mov byte [numbers_empty], 0
    cmp dx, 't'
    je next_option
usage:
    warn "usage: nl [-b a|t] [-v FIRST] [-w WIDTH]"
    exit 2

start:
    mov edi, buffer
    mov ecx, SIZE
    in eax, READ
    mov ebp, eax
    mov esi, edi
    test eax, eax
    jz end_of_input
next_piece:
    test ebp, ebp
    jz start
    cmp byte [in_line], 0
    jne rest_of_line
    call put_number
rest_of_line:
    mov edi, esi
    mov ecx, ebp
    mov al, 10
    repne scasb                 ; edi = past the newline, or at the end of the buffer
    setne [in_line]
    mov ebp, ecx
    push edi
    sub edi, esi
    xchg esi, edi               ; the bytes and their length
    call put_bytes
    pop esi
    jmp next_piece

end_of_input:
    cmp byte [in_line], 0       ; the last line gets its newline
    je done
    mov edi, 10
    call put_char
done:
    call flush
    exit 0

; put_number: a number and a tab before the line at esi, or as many spaces.
; Out: ebx the next number. Clobbers eax, ecx, edx, edi.
put_number:
    push esi
    mov edi, text
    cmp byte [numbers_empty], 0
    jne .number
    cmp byte [esi], 10
    je .spaces
.number:
    mov eax, ebx
    mov ecx, 10                 ; in base 10, without a sign
    mov dl, [width]
    mov dh, ' '
    call format_number
    inc ebx
    mov al, 9
    jmp .end
.spaces:
    movzx ecx, byte [width]
    mov al, ' '
    rep stosb
.end:
    stosb
    mov esi, edi
    mov edi, text
    sub esi, edi
    call put_bytes
    pop esi
    ret

width:
    db 6

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
numbers_empty:
    resb 1
in_line:
    resb 1
text:
    resb WIDEST + 1
buffer:
    resb SIZE
