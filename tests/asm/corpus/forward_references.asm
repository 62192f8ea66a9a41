; Names used before they stand: in immediates, addresses, equ, data, branch targets, call tables.
        bits 16
        mov ax, const
        mov al, [buffer]
        mov [buffer+const], ax
        mov bx, buffer_end-buffer
        push const
        cmp word [bx+const], const
        shl ax, amount
        int vector
        in al, port
        out port, al
        enter frame, level
        ret bytes
        retf bytes
        jmp seg_number:target
        call seg_number:target
        jmp target
        aam base
        bits 32
        lea eax, [ebx*4+const]
        imul eax, ebx, const
        mov eax, [const]
        bits 64
        mov rax, const
        mov rax, bigconst
        mov eax, const
        lea rax, [rel buffer]
        mov rax, [rsp+frame]
        bits 16
target: ret
scale   equ 4
const   equ 0x123
bigconst equ 0x123456789a
amount  equ 3
vector  equ 0x21
port    equ 0x60
frame   equ 8
level   equ 1
bytes   equ 4
base    equ 16
seg_number equ 0x1000
buffer: times 4 db 0
buffer_end:
