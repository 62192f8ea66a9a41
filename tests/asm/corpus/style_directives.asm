; Directives that flat binaries accept: global, cpu, bits forms, user and primitive spellings.
[bits 16]
[org 0x100]
        cpu 8086
        cpu 386
        cpu x64
        cpu pentium
[cpu 486]
        cpu default
        global start
        static local_thing
        use16
start:  mov ax, bx
        use32
        mov eax, ebx
        use64
        mov rax, rbx
        bits 64
        default rel
        [default abs]
        bits 16
other:  ret
local_thing: dw start
        [section .data]
        db 1
        [segment .text]
        db 2
        section .text
        db 3
        [warning -all]
        db 999
        [warning *all]
