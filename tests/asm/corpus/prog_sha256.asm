; SHA-256: the message schedule and 64 rounds unrolled by macros with rotating registers.
        bits 64
        default rel
%macro rotate_sum 5             ; into, from, three rotations
        mov %1, %2
        ror %1, %3
        mov r15d, %2
        ror r15d, %4
        xor %1, r15d
        mov r15d, %2
        ror r15d, %5
        xor %1, r15d
%endmacro
%macro schedule 1
        mov r13d, [rsp + ((%1 - 15) & 15)*4]
        rotate_sum r14d, r13d, 7, 18, 18
        shr r13d, 3
        xor r14d, r13d
        mov r13d, [rsp + ((%1 - 2) & 15)*4]
        rotate_sum r12d, r13d, 17, 19, 19
        shr r13d, 10
        xor r12d, r13d
        add r14d, r12d
        add r14d, [rsp + ((%1 - 7) & 15)*4]
        add r14d, [rsp + (%1 & 15)*4]
        mov [rsp + (%1 & 15)*4], r14d
%endmacro
%macro sha_round 9
  %if %9 >= 16
        schedule %9
  %else
        mov r14d, [rsi + %9*4]
        bswap r14d
        mov [rsp + %9*4], r14d
  %endif
        add %8, r14d
        add %8, [constants + %9*4]
        rotate_sum r12d, %5, 6, 11, 25
        add %8, r12d
        mov r13d, %6
        xor r13d, %7
        and r13d, %5
        xor r13d, %7
        add %8, r13d
        add %4, %8
        rotate_sum r12d, %1, 2, 13, 22
        mov r13d, %1
        or r13d, %2
        and r13d, %3
        add %8, r12d
        add %8, r13d
%endmacro
%macro rounds 8
  %assign round 0
  %rep 64
        sha_round %{1:8}, round
    %rotate -1
    %assign round round+1
  %endrep
%endmacro
compress:
        push rbx
        push rbp
        sub rsp, 64
        rounds eax, ebx, ecx, edx, r8d, r9d, r10d, r11d
        add rsp, 64
        pop rbp
        pop rbx
        ret
        align 16
constants:
        dd 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
        dd 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
        times 48 dd $-constants
