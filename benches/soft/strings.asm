; Strings of 100 bytes: filled, copied, compared, searched; and one byte at a time.
LENGTH equ 100
again:
    cld
    mov _di, heap
    mov _cx, LENGTH
    mov al, 'a'
    rep stosb
    mov byte [heap + LENGTH - 1], 0
    mov _si, heap
    mov _di, heap + 512
    mov _cx, LENGTH
    rep movsb
    mov _si, heap
    mov _di, heap + 512
    mov _cx, LENGTH
    repe cmpsb
    jne .wrong
    mov _di, heap
    mov _cx, LENGTH
    xor al, al
    repne scasb
    jne .wrong
    mov _si, heap
    mov _di, heap + 1024
.next:
    lodsb
    xor al, 0x20
    stosb
    cmp al, 0x20
    jne .next
    sub _di, heap + 1024
    add edx, edi
.wrong:
    dec ebp
    jnz again
    mov eax, edx
    ret
