; The first program that people ran on KVM by hand: two numbers come in ax and bx, and their sum
; goes to the serial port, as a digit and a newline. It is 12 bytes long.
;
;     applet run --org 0x1000 --reg ax=2 --reg bx=2 tests/it/programs/four.asm

bits 16

    mov dx, 0x3F8
    add al, bl
    add al, '0'
    out dx, al
    mov al, 10
    out dx, al
    hlt
