; tac: prints the lines of standard input, the last one first.
;
; The last line is known only when all input is there, so all of it is read first. Then a pointer
; walks back from the end, and at each newline it meets, what is between there and the line printed
; before goes to the output: one copy, from the input's memory to the output's, and one WRITE.
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
