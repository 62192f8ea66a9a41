; wc: counts the lines, words and bytes of standard input, and prints them as wc(1) does.
;
; A line ends with a newline. A word begins where a byte that is not white space follows one that
; is, or stands first. Both are table lookups, so the loop over the bytes has no other jump.
;
; /// applet
; description = "Count lines, words and bytes"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/io.inc"

SIZE equ 1 << 16

; rbp = lines, r8 = words, r9 = bytes; r10 = 1 inside a word, 0 outside
    xor ebp, ebp
    xor r8d, r8d
    xor r9d, r9d
    xor r10d, r10d
    lea rbx, [in_word]
next_buffer:
    lea rdi, [buffer]
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz report
    mov ecx, eax
    add r9, rcx
    lea rsi, [buffer]
next_byte:
    movzx eax, byte [rsi]
    inc rsi
    xor edx, edx
    cmp al, 10
    sete dl
    add rbp, rdx
    movzx eax, byte [rbx + rax] ; 1 inside a word, 0 outside
    mov edx, eax
    and eax, 1
    xor r10d, 1
    and r10d, eax               ; 1 where outside becomes inside: a word begins
    add r8, r10
    mov r10d, edx
    dec ecx
    jnz next_byte
    jmp next_buffer

report:
    lea rdi, [text]
    mov rax, rbp
    call column
    mov byte [rdi], ' '
    inc rdi
    mov rax, r8
    call column
    mov byte [rdi], ' '
    inc rdi
    mov rax, r9
    call column
    mov byte [rdi], 10
    inc rdi
    lea rcx, [text]
    sub rdi, rcx
    write text, edi
    exit 0

; column: a number, right-aligned in 7 characters, or wider if needed.
; In: rax the number, rdi where it goes. Out: rdi after it. Clobbers rax, rbx, rcx, rdx, rsi.
column:
    mov rsi, rdi
    push rdi
    mov rcx, "       "          ; seven spaces and a NUL, in one store
    mov [rdi], rcx
    lea rdi, [digits]
    call format_dec
    lea rcx, [digits]
    sub rdi, rcx
    mov rcx, rdi                ; how many digits
    pop rdi
    mov eax, 7
    sub eax, ecx                ; how many spaces before them
    jns .place
    xor eax, eax
.place:
    add rdi, rax
    lea rsi, [digits]
    cld
    rep movsb
    ret

%include "stdlib/fmt.inc"

; in_word: 1 for each byte that belongs to a word, 0 for white space: the space, and 9 to 13, the
; tab, newline, vertical tab, form feed and carriage return.
in_word:
%assign byte_value 0
%rep 256
    %if byte_value == ' ' || (byte_value >= 9 && byte_value <= 13)
        db 0
    %else
        db 1
    %endif
    %assign byte_value byte_value + 1
%endrep

section .bss
digits:
    resb 24
text:
    resb 80
buffer:
    resb SIZE
