; Code that changes itself: in the block that runs, in one that ran before, across a page, and by
; a hypercall. Exits with the number of the first check that fails.
bits 64
start:  mov ebx, 1
        ; The next instruction but one becomes `mov eax, 7`, in the same block.
        mov dword [rel .patch + 1], 7
        nop
.patch: mov eax, 5
        cmp eax, 7
        jne fail
        inc ebx                         ; 2: a subroutine that has run is changed
        call routine
        cmp eax, 1
        jne fail
        inc byte [rel routine + 1]
        call routine
        cmp eax, 2
        jne fail
        inc ebx                         ; 3: data beside code changes nothing
        mov ecx, 1000
.data:  inc dword [rel counter]
        dec ecx
        jnz .data
        cmp dword [rel counter], 1000
        jne fail
        inc ebx                         ; 4: an instruction across two pages, its second page changed
        call across
        cmp eax, 0x01010101
        jne fail
        mov byte [rel across + 4], 2
        call across
        cmp eax, 0x02010101
        jne fail
        inc ebx                         ; 5: code that the host reads in
        lea rdi, [rel routine]
        mov ecx, 6
        in eax, 0xE4
        call routine
        cmp eax, 9
        jne fail
        inc ebx                         ; 6: a loop that counts in its own immediate
        mov ecx, 50
.count: call routine
        inc byte [rel routine + 1]
        dec ecx
        jnz .count
        cmp eax, 58
        jne fail
        inc ebx                         ; 7: string instructions over code
        lea rsi, [rel nine]
        lea rdi, [rel routine]
        mov ecx, 6
        rep movsb
        call routine
        cmp eax, 99
        jne fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al

routine: mov eax, 1
        ret
nine:   mov eax, 99
        ret
counter: dd 0
        times 0x1000 - 3 - ($ - $$) db 0x90
across: mov eax, 0x01010101
        ret
