; default rel and default abs, [rel ], [abs ], segments in them, rip-relative with immediates after.
        bits 64
        org 0x400000
        default rel
        mov rax, [data]
        mov [data], rax
        mov dword [data], 5
        mov byte [data], 5
        mov word [data], 500
        add qword [data+8], 1
        add qword [data+8], 1000
        lea rsi, [data]
        mov rax, [abs data]
        mov rax, [rel data]
        mov rax, [data+rax*8]
        mov rax, [fs:data]
        mov rax, [fs:rel data]
        mov rax, [gs:abs data]
        mov rax, [es:data]
        mov rax, [0x400000]
        mov eax, [rel 0x400000]
        imul eax, [data], 3
        imul eax, [data], 300
        shld [data], eax, 3
        test byte [data], 1
        cmp dword [data], 0x12345678
        call [data]
        jmp [data]
        movaps xmm0, [data]
        pshufd xmm1, [data], 0x1b
        vpalignr ymm0, ymm1, [data], 4
        vaddps zmm0, zmm1, [data]
        vaddps zmm0, zmm1, [data]{1to16}
        push qword [data]
        mov al, [data]
        mov rax, [qword data]
        mov eax, [abs data+4]
        lea rax, [$]
        lea rax, [rel $$]
        default abs
        mov rax, [data]
        mov rax, [rel data]
        lea rsi, [data]
        [default rel]
        mov rbx, [data]
        mov rbx, [data]
data:   dq 1, 2
