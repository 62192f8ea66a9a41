; args: prints its arguments, one a line, each with its number.
;
; Port ARGS gives them as one stream of bytes, with a NUL after each argument. `in ax` gives a byte
; with ah = 0, and 0xFFFF at the end of the stream, which is not a byte.
;
; /// applet
; description = "Print the arguments, one a line"
; ///

bits 16

%include "stdlib/io.inc"

LONGEST equ 0x4000              ; what does not fit into a line is cut off

    cld                         ; string instructions go upwards
next_argument:
    in ax, ARGS
    cmp ax, -1
    je done

    mov [first], al
    inc word [number]
    movzx eax, word [number]
    mov di, line
    call format_dec
    mov ax, ": "                ; two characters in one store
    stosw

    mov al, [first]
next_byte:
    test al, al                 ; the NUL that ends the argument
    jz end_of_line
    cmp di, line + LONGEST
    jae skip
    stosb
skip:
    in al, ARGS
    jmp next_byte

end_of_line:
    mov al, 10
    stosb
    sub di, line
    write line, di
    jmp next_argument

done:
    exit 0

%include "stdlib/fmt.inc"

section .bss
first:
    resb 1
number:
    resw 1
line:
    resb LONGEST + 1            ; and the newline
