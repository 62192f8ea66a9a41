; An interpreter of brainfuck, which finds a loop's other end by looking for it.
again:
    mov _di, heap
    mov _cx, 64
    xor al, al
    rep stosb
    mov _si, program
    mov _di, heap
.next:
    mov al, [_si]
    inc _si
    cmp al, '+'
    je .plus
    cmp al, '-'
    je .minus
    cmp al, '>'
    je .right
    cmp al, '<'
    je .left
    cmp al, '['
    je .open
    cmp al, ']'
    je .close
    dec ebp
    jnz again
    movzx eax, byte [heap + 2]
    ret
.plus:
    inc byte [_di]
    jmp .next
.minus:
    dec byte [_di]
    jmp .next
.right:
    inc _di
    jmp .next
.left:
    dec _di
    jmp .next
.open:
    cmp byte [_di], 0
    jne .next
    mov cx, 1
.forward:
    mov al, [_si]
    inc _si
    cmp al, '['
    je .deeper
    cmp al, ']'
    jne .forward
    dec cx
    jnz .forward
    jmp .next
.deeper:
    inc cx
    jmp .forward
.close:
    cmp byte [_di], 0
    je .next
    dec _si
    mov cx, 0
.back:
    mov al, [_si]
    cmp al, ']'
    je .in
    cmp al, '['
    je .out
.on:
    dec _si
    jmp .back
.in:
    inc cx
    jmp .on
.out:
    dec cx
    jnz .on
    inc _si
    jmp .next

; 13 times 15, by adding; the last cell holds 195.
program: db "+++++++++++++[>+++++++++++++++[>+<-]<-]", 0
