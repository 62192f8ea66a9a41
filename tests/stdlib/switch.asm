; stdlib/switch.inc: from real to protected mode, back, and on to long mode. Each mode says that it
; is there, and does what the others cannot.
bits 16
%include "stdlib/switch.inc"
%include "stdlib/io.inc"

    mov dword [counter], 0x12345678
    cmp dword [example], 0x5678BCDE
    jne wrong16
    cmp dword [example + 4], 0x12CA9A34
    jne wrong16
    print "real "
    mov bp, sp
    enter_protected
    cmp esp, 0x7C00
    jne wrong
    mov ax, cs
    cmp ax, SWITCH_CODE32
    jne wrong
    push dword 0x11223344       ; 32 bits wide
    cmp esp, 0x7BFC
    jne wrong
    pop eax
    cmp eax, 0x11223344
    jne wrong
    mov edi, 0x100000           ; above what real mode reaches with segments of 0
    mov dword [edi], 0x600D
    cmp dword [0x100000], 0x600D
    jne wrong
    print "protected "
    in al, ARGS
    cmp al, 'r'
    jne to_long

    enter_real
    push 1                      ; 16 bits wide
    cmp sp, 0x7BFE
    jne wrong16
    pop ax
    mov ax, ds
    mov bx, cs
    or ax, bx
    jnz wrong16
    mov eax, cr0
    test al, 1
    jnz wrong16
    cmp dword [counter], 0x12345678
    jne wrong16
    println "real"
    exit 0
wrong16:
    exit 3

bits 32
to_long:
    enter_long 0x10000
    mov rax, 0x123456789ABCDEF0
    push rax
    pop rcx
    cmp rcx, rax
    jne wrong64
    mov edi, 0x100000
    cmp dword [rdi], 0x600D
    jne wrong64
    cmp dword [rel counter], 0x12345678
    jne wrong64
    mov ax, cs
    cmp ax, SWITCH_CODE64
    jne wrong64
    println "long"
    exit 0
wrong64:
    exit 4

bits 32
wrong:
    exit 2

example: descriptor 0x12345678, 0xABCDE, GDT_CODE, GDT_32

section .bss
counter: resd 1
