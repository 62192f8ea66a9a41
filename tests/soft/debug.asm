; The trap flag and the debug registers. Exits with the number of the first check that fails.
bits 16
org 0x7C00
start:  mov word [4], trap
        mov word [6], 0
        mov bx, 1                       ; 1: the trap flag: a trap behind each instruction, the one
        pushf                           ; that clears it among them
        pop ax
        or ah, 1
        push ax
        popf
        nop
        nop
        pushf
        pop ax
        and ah, 0xFE
        push ax
        popf
        cmp byte [count], 7
        jne fail
        mov eax, dr6
        test eax, 0x4000
        jz fail
        inc bx                          ; 2: a breakpoint on an instruction, before it
        mov byte [count], 0
        xor eax, eax
        mov dr6, eax
        mov eax, here
        mov dr0, eax
        mov eax, 0x401
        mov dr7, eax
        xor cx, cx
        nop
here:   inc cx
        cmp byte [count], 1
        jne fail
        cmp word [where], here
        jne fail
        mov eax, dr6
        test al, 1
        jz fail
        inc bx                          ; 3: one on a write of data, behind it
        mov byte [count], 0
        mov eax, datum
        mov dr1, eax
        mov eax, 0x00D00404             ; four bytes, writes, breakpoint 1
        mov dr7, eax
        mov ax, [datum]
        cmp byte [count], 0
        jne fail
        mov byte [datum + 3], 1
there:  cmp byte [count], 1
        jne fail
        cmp word [where], there
        jne fail
        xor eax, eax
        mov dr7, eax
        xor bx, bx
fail:   mov al, bl
        out 0xE3, al
; A breakpoint on an instruction is a fault, which without a resume flag would come again.
trap:   push bp
        mov bp, sp
        push ax
        inc byte [count]
        mov ax, [bp + 2]
        mov [where], ax
        cmp bx, 2
        jne .on
        xor eax, eax
        mov dr7, eax
.on:    pop ax
        pop bp
        iret
count:  db 0
where:  dw 0
align 4
datum:  dd 0
