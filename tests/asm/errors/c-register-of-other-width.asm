; Registers and instructions that 16-bit and 32-bit code does not have.
        bits 16
        mov rax, 1
        mov r8d, 1
        push r15
        mov sil, 1
        bits 32
        mov rcx, [rbx]
        movsxd rax, ebx
        syscall_missing
        mov eax, [r8]
