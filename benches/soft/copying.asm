; Copies 4096 bytes word by word, and adds them up.
again:
    mov _si, heap
    mov _di, heap + 4096
    mov cx, 1024
.next:
    mov eax, [_si]
    mov [_di], eax
    add edx, eax
    inc eax
    mov [_si], eax
    add _si, 4
    add _di, 4
    dec cx
    jnz .next
    dec ebp
    jnz again
    mov eax, edx
    ret
