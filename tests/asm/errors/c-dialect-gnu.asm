# Source for GNU as.
        .text
        .globl main
main:
        movl $1, %eax
        movl $message, %ecx
        int $0x80
        ret
        .data
message: .asciz "hello"
