; The second: 32-bit protected mode at address 0. It takes a byte, answers with the next one, and
; halts at 42, which is the character *.

bits 32
org 0

next:
    mov edi, value
    mov edx, 0xE0               ; STDIN
    insb
    cmp byte [value], 42
    je done
    inc byte [value]
    mov esi, value
    mov edx, 0xE1               ; STDOUT
    outsb
    jmp next
done:
    hlt

value:
    db 0
