; tac: prints the lines of standard input, the last one first.
;
; The applet reads all input first. Then a pointer moves back from the end. At each newline, the
; line after it is copied to the output buffer, which is written with one WRITE.
;
; /// applet
; description = "Print the lines of standard input, the last one first"
; memory = "140M"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/io.inc"

LIMIT  equ 64 << 20             ; the most it takes
INPUT  equ 0x800000             ; RAM that the applet itself does not fill
OUTPUT equ INPUT + LIMIT + 16

    mov edi, INPUT
read_all:
    mov ecx, INPUT + LIMIT + 1  ; all the room that is left; the last byte shows that it is too long
    sub ecx, edi
    jz too_long
    in eax, READ
    add rdi, rax
    test eax, eax
    jnz read_all

    cld                         ; string instructions go upwards
    mov rbx, rdi                ; rbx = the end of the line in question
    mov rbp, rdi                ; rbp walks back
    mov edi, OUTPUT
next_line:
    cmp rbx, INPUT
    je done
    dec rbp                     ; the newline that ends this very line does not count
back:
    cmp rbp, INPUT
    je copy
    cmp byte [rbp - 1], 10      ; the end of the line before?
    je copy
    dec rbp
    jmp back
copy:
    mov rsi, rbp
    mov rcx, rbx
    sub rcx, rbp
    rep movsb
    mov rbx, rbp
    jmp next_line

done:
    sub edi, OUTPUT
    write OUTPUT, edi
    exit 0

too_long:
    warn "the input is longer than 64 MiB"
    exit 1
