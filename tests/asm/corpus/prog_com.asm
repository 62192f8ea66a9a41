; A DOS .com program: command tail, file handles, a line buffer, decimal output, exit code.
        org 100h
        bits 16
        cpu 8086
main:   mov ah, 9
        mov dx, banner
        int 21h
        mov cl, [80h]
        xor ch, ch
        jcxz usage
        mov si, 81h
.skip:  lodsb
        cmp al, ' '
        je .skip
        dec si
        mov di, filename
        mov cx, 64
.copy:  lodsb
        cmp al, 13
        je .copied
        stosb
        loop .copy
.copied:
        xor al, al
        stosb
        mov ax, 3d00h
        mov dx, filename
        int 21h
        jc error
        mov [handle], ax
.read:  mov ah, 3fh
        mov bx, [handle]
        mov cx, buffer_size
        mov dx, buffer
        int 21h
        jc error
        or ax, ax
        jz .done
        mov cx, ax
        mov si, buffer
.count: lodsb
        cmp al, 10
        jne .next
        add word [lines], 1
        adc word [lines+2], 0
.next:  loop .count
        jmp short .read
.done:  mov ax, [lines]
        call decimal
        mov ax, 4c00h
        int 21h
usage:  mov dx, help
        jmp short fail
error:  mov dx, failed
fail:   mov ah, 9
        int 21h
        mov ax, 4c01h
        int 21h
decimal:
        push bx
        push dx
        mov bx, 10
        xor cx, cx
.digit: xor dx, dx
        div bx
        push dx
        inc cx
        test ax, ax
        jnz .digit
.out:   pop dx
        add dl, '0'
        mov ah, 2
        int 21h
        loop .out
        pop dx
        pop bx
        ret
banner  db 'Line counter', 0dh, 0ah, '$'
help    db 'usage: lines FILE', 0dh, 0ah, '$'
failed  db "can't read that", 0dh, 0ah, '$'
lines   dw 0, 0
        section .bss
handle  resw 1
filename resb 65
buffer_size equ 512
buffer  resb buffer_size
