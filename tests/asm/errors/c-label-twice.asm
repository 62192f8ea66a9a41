; Labels that are defined twice.
        bits 16
start:  nop
.local: nop
.local: nop
start:  ret
value   equ 1
value   equ 2
buffer  db 1
buffer: dw 2
