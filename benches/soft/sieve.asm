; How many primes there are below 20,000, by Eratosthenes.
LIMIT equ 20000
again:
    mov _di, heap
    mov _cx, LIMIT
    mov al, 1
    rep stosb
    xor dx, dx
    mov _bx, 2
.next:
    cmp byte [_bx + heap], 0
    je .composite
    inc dx
    mov _si, _bx
.strike:
    add _si, _bx
    cmp _si, LIMIT
    jae .composite
    mov byte [_si + heap], 0
    jmp .strike
.composite:
    inc _bx
    cmp _bx, LIMIT
    jb .next
    dec ebp
    jnz again
    movzx eax, dx
    ret
