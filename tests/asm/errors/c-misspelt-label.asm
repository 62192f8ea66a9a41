; A label that does not exist but nearly does.
        bits 16
print_string:
        ret
main:   call print_sting
        mov si, mesage
        jmp man
message db 1
