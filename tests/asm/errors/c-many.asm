; Many mistakes of different kinds: all of them are told in one run.
        bits 16
start:  mov ax, bl
        mvo cx, 5
        jmp nowhere
        mov [si], 1
start:  add al, 1000
        mov eax, [bx*3]
        db 'open
        push rax
        %if
        ret 1, 2
        lodsb al
        int
