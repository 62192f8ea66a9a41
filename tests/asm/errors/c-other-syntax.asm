; Habits from MASM, GAS and TASM.
        bits 32
        mov eax, offset label
        mov eax, dword ptr [ebx]
        mov eax, [ebx].field
        movl $5, %eax
        mov eax, 4[ebx]
        .data
        .global main
label proc
        assume cs:code
        mov eax, label[ebx]
        movabs rax, 5
        db 5 dup 7
label endp
        include file.inc
        end label
; Most lines are NASM's, so that each mistake is told.
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
        nop
