; primes: prints the prime numbers from FIRST to LAST, each up to 2^64 - 1.
;
; A sieve needs memory for every number below LAST; trial division needs none. A number is divided
; by the primes 2, 3 and 5, and then by every number that is not a multiple of these. Such numbers
; have a pattern that repeats after 2 * 3 * 5 = 30: the wheel.
;
;     7  11  13  17  19  23  29  31 | 37  41  43  47  49  53  59  61 | 67 ...
;      +4  +2  +4  +2  +4  +6  +2  +6   +4  +2 ...
;
; The wheel is used twice: it leaves 8 of 30 numbers as candidates, and 8 of 30 as divisors. Some
; divisors, such as 49, are not prime; they cost time but do no harm. The search ends when the
; quotient is smaller than the divisor: a larger divisor would have been found before, as the
; quotient.
;
; With one argument FIRST is 2; without arguments LAST is 100.
;
; /// applet
; description = "Print the primes from FIRST to LAST, by trial division with a wheel"
; timeout = "60s"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, operand_number, format_dec

SIZE equ 1 << 16                ; lines are gathered, and written when this much is full

    mov r12d, 2                 ; r12 = the number in question
    mov r13d, 100               ; r13 = the last of them
    call get_option
    cmp rax, -1
    je start
    call last_number
    call get_option
    cmp rax, -1
    je start
    mov r12, r13                ; it was the first, and here is the last
    call last_number
    call get_option
    cmp rax, -1
    jne usage

start:
    cld                         ; string instructions go upwards
    lea rdi, [text]
    mov r14d, 2                 ; the primes that the wheel is made of come by themselves
    call special
    mov r14d, 3
    call special
    mov r14d, 5
    call special

    cmp r12, 7
    jae find_spoke
    mov r12d, 7
find_spoke:                     ; the first number from here on that the wheel meets
    mov rax, r12
    xor edx, edx
    mov ecx, 30
    div rcx
    xor r15d, r15d              ; r15 = which gap of the wheel comes next
    lea rsi, [spokes]
.next:
    movzx eax, byte [rsi + r15]
    cmp eax, edx                ; the spokes are remainders of 30, ascending
    jae .found
    inc r15d
    jmp .next                   ; the last spoke, 31, is beyond all remainders
.found:
    sub eax, edx
    add r12, rax
    jc done
    and r15d, 7                 ; 31 is the 1 of the next turn, and has its gap

next_candidate:
    cmp r12, r13
    ja done
    call is_prime
    jc composite
    mov rax, r12
    call put_number
composite:
    lea rsi, [gaps]
    movzx eax, byte [rsi + r15]
    inc r15d
    and r15d, 7
    add r12, rax
    jnc next_candidate          ; past 2^64 there is nothing more

done:
    call flush_text
    exit 0

usage:
    warn "usage: primes [[FIRST] LAST], each below 2^64"
    exit 2

; last_number: the argument that get_option gave, as a number, to r13. Clobbers rax, rcx, rdx, rdi.
last_number:
    test rax, rax
    jnz usage
    call operand_number
    jc usage
    mov r13, rax
    ret

; special: prints r14 if it is between r12 and r13. In: rdi where to. Clobbers rax, rcx, rdx.
special:
    cmp r14, r12
    jb .end
    cmp r14, r13
    ja .end
    mov rax, r14
    call put_number
.end:
    ret

; is_prime: CF = 0 if r12, which is not a multiple of 2, 3 or 5, is prime. Clobbers rax, rbx, rcx,
; rdx, rsi.
is_prime:
    lea rsi, [gaps]
    mov ecx, 1                  ; the gap after 7
    mov ebx, 7                  ; rbx = the divisor
.next:
    mov rax, r12
    xor edx, edx
    div rbx
    cmp rax, rbx
    jb .prime
    test rdx, rdx
    jz .composite
    movzx eax, byte [rsi + rcx]
    inc ecx
    and ecx, 7
    add rbx, rax
    jmp .next
.composite:
    stc
    ret
.prime:
    clc
    ret

; put_number: appends rax and a newline to the text at rdi, which is written when it is full.
; Clobbers rax, rcx, rdx, rsi.
put_number:
    call format_dec
    mov al, 10
    stosb
    lea rax, [text + SIZE]
    cmp rdi, rax
    jae flush_text
    ret

; flush_text: writes the text that ends at rdi. Out: rdi = text. Clobbers rax, rcx, rsi.
flush_text:
    lea rsi, [text]
    mov rcx, rdi
    sub rcx, rsi
    mov rdi, rsi
    in eax, WRITE
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

; spokes: the remainders modulo 30 that are not multiples of 2, 3 or 5, from 1 on, and the first one
; of the next turn. gaps: the distance from each to the next.
spokes:
    db 1, 7, 11, 13, 17, 19, 23, 29, 31
gaps:
    db 6, 4, 2, 4, 2, 4, 6, 2

section .bss
text:
    resb SIZE + 32
