; The 20th Fibonacci number in the slow way: calls, and the stack.
again:
    mov ax, 20
    call fibonacci
    dec ebp
    jnz again
    movzx eax, dx
    ret

; In: ax. Out: dx.
fibonacci:
    cmp ax, 2
    jb .small
    push _ax
    dec ax
    call fibonacci
    pop _ax
    push _dx
    sub ax, 2
    call fibonacci
    pop _ax
    add dx, ax
    ret
.small:
    mov dx, ax
    ret
