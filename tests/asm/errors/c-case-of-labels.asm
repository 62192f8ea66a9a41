; Labels differ in case from their uses.
        bits 16
Start:  nop
        jmp start
        call START
Buffer  db 0
        mov al, [buffer]
