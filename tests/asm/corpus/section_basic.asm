; Sections: .text, .data, .bss and one of one's own, taken up again several times.
        org 0x100
        section .text
start:  mov si, message
        mov di, buffer
        mov cx, message_len
        rep movsb
        section .data
message db "from data"
message_len equ $-message
        section .bss
buffer: resb 64
buffer2: resw 4
        section .text
        mov ax, [counter]
        mov bx, buffer2
        ret
        section .data
counter dw 0x1234, counter
        section mine
here:   dw here, $$, $-$$
        segment .text
        jmp start
        section mine
        dw $$, start, message, buffer
