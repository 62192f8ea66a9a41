; General instructions in 64-bit code, with r8-r15, spl, and the forms that only it has.
        bits 64
        push rax
        push r8
        push ax
        push r15w
        pop rbx
        pop r12
        pop word [rax]
        pop qword [r13]
        push fs
        push gs
        pop fs
        pushf
        pushfq
        popfq
        pushfw
        iret
        iretd
        iretq
        syscall
        sysret
        o64 sysret
        sysenter
        sysexit
        swapgs
        cdqe
        cqo
        cdq
        cwde
        movsxd rax, ebx
        movsxd rax, dword [rbx]
        movsx rax, bl
        movsx rax, bx
        movsx rax, ebx
        movzx r8, byte [r9]
        movzx rax, bx
        movzx eax, sil
        mov spl, dil
        mov bpl, [rax]
        mov r8b, r9b
        mov r10w, r11w
        mov r12d, r13d
        mov r14, r15
        mov ah, bh
        mov rax, cr0
        mov cr3, rax
        mov cr8, rax
        mov rax, cr8
        mov r9, cr4
        mov dr7, rax
        mov rax, dr6
        mov ds, ax
        mov ds, rax
        mov rax, ds
        mov eax, fs
        mov [rax], gs
        xchg rax, rbx
        xchg rax, rax
        xchg eax, eax
        xchg eax, r8d
        xchg r8, rax
        xchg [rax], r8
        nop
        nop eax
        nop word [rax+rax]
        nop dword [rax+rax+0]
        add rax, r8
        adc r9, [r10]
        sub [r11+r12], r13
        sbb byte [r14], 1
        cmp r15, 127
        cmp qword [rax], 1000
        and eax, r8d
        inc rax
        dec r8d
        neg qword [rax]
        not r9b
        mul r8
        imul r9, r10
        imul r9, r10, 5
        imul r9, [r10], 500
        imul rax, 7
        div qword [rax]
        idiv r11d
        shl rax, 1
        shl r8, 63
        sar qword [rax], cl
        rol r9d, 5
        shld rax, rbx, 5
        shrd [rax], r8, cl
        test r8, r9
        test [rax], rbx
        test qword [rax], 5
        bt rax, 63
        bts qword [rax], 5
        btr [rax], r8
        bsf r8, r9
        bsr rax, [rbx]
        bswap rax
        bswap r8d
        cmovz rax, r8
        cmovnbe r9d, [rax]
        setnz r8b
        setpo [rax]
        cmpxchg [rax], r8
        cmpxchg8b [rax]
        cmpxchg16b [r8]
        xadd r8, r9
        lea rax, [rbx+rcx*8+100]
        leave
        enter 100, 3
        call rax
        call r8
        jmp r9
        call [rax+8]
        ret
        ret 8
        retf
        o64 retf
        int 0x80
        ud2
        rdtsc
        rdtscp
        rdpmc
        cpuid
        xgetbv
        monitor
        mwait
        pause
        lfence
        mfence
        sfence
        clflush [rax]
        clflushopt [rax]
        clwb [rax]
        prefetcht0 [rax]
        prefetchnta [rax]
        prefetchw [rax]
        movnti [rax], rbx
        movbe rax, [rbx]
        movbe [rbx], ax
        crc32 eax, bl
        crc32 rax, qword [rbx]
        crc32 eax, word [rbx]
        popcnt rax, rbx
        lzcnt eax, [rax]
        tzcnt r8, r9
        rdrand rax
        rdrand cx
        rdseed r8d
        rdfsbase rax
        wrgsbase ecx
        rdpid rax
        adcx rax, rbx
        adox ecx, [rdx]
        xlatb
        cmpsq
        lodsq
        movsq
        scasq
        stosq
        endbr64
        xabort 5
        xbegin $
        xend
        xtest
        ud0 rax, rbx
