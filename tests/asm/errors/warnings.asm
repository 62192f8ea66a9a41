; Each warning once, and [warning], which switches them line by line.
        [warning +all]
        bits 16
        db
        dd 1e-45, 1e50, 1e-50
cil
%macro one 1
        db %1
%endmacro
one:
        one 1, 2
        db 300
        section .bss align=4 sparkling
        section .text
%rep -1
%endrep
        db %sel(3, 1, 2)
%ifdef x
%else junk
%endif
        bnd jmp short $
        lock mov ax, bx
        o16 mov eax, 5
%define never 1
%warning said
        resb 1
        [warning pop]
        [warning -number-overfow]

; What is off is not heard, wherever it is found.
        [warning push]
        [warning -number-overflow]
        db 300
        mov al, late
        times 1 db late
        [warning pop]
        db late
        mov al, late
        [warning -all]
        mov al, late
%warning not heard
        [warning *number-overflow]
        mov al, late
        [warning +error=number-overflow]
        mov al, late
        section .other
        db late
late    equ 300

; In a macro, too.
%macro quiet 1
        [warning push]
        [warning -all]
        db %1
        [warning pop]
        db %1
%endmacro
        [warning error]
        [warning -error]
        [warning +number-overflow]
        quiet 301
        quiet late
        [warning +unused-define]
