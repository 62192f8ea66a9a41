; sieve: prints the prime numbers below its last argument, with the sieve of Eratosthenes.
;
; Each number has a mark, which is off while the number may be prime. The first unmarked number is
; prime, so all its multiples are marked; then the next unmarked number follows. Multiples below the
; square of a prime p are marked already, because they have a smaller factor. So marking begins at p
; * p, and the algorithm ends when p * p is beyond the last number.
;
; 2 is the only even prime, so only odd numbers have a mark. A mark is one bit: the number n is bit
; n / 2. BTS sets a bit and BT reads one; with a memory operand the bit number may exceed a
; register's width. The marks for all numbers below 100000000 take 6 MB.
;
; With two arguments it prints the primes from the first one on. The default is 100.
;
; /// applet
; description = "Print the primes below N, up to a hundred million"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, operand_number, format_dec

LIMIT equ 100000000
SIZE  equ 1 << 16               ; lines are gathered, and written when this much is full

    mov ebp, 100                ; rbp = the first number that is not asked for
    mov r12d, 2                 ; r12 = the first that is
    call get_option
    cmp rax, -1
    je start
    call end_number
    call get_option
    cmp rax, -1
    je start
    mov r12, rbp                ; it was the first, and here is the other
    call end_number
    call get_option
    cmp rax, -1
    jne usage

start:
    lea rsi, [marks]
    mov ebx, 3
next_prime:
    mov ecx, ebx
    imul ecx, ecx
    cmp ecx, ebp
    jae print_primes
    mov eax, ebx
    shr eax, 1
    bt [rsi], eax
    jc marked                   ; its multiples are those of a smaller prime
mark:
    mov eax, ecx
    shr eax, 1
    bts [rsi], eax
    lea ecx, [rcx + rbx * 2]    ; the next odd multiple
    cmp ecx, ebp
    jb mark
marked:
    add ebx, 2
    jmp next_prime

print_primes:
    lea rdi, [text]
    cmp r12d, 2
    ja odd_numbers
    cmp ebp, 2
    jbe done                    ; there is no prime below 2
    mov eax, 2
    call put_number
    mov r12d, 3
odd_numbers:
    or r12d, 1
next_number:
    cmp r12d, ebp
    jae done
    mov eax, r12d
    shr eax, 1
    lea rsi, [marks]
    bt [rsi], eax
    jc skip
    mov eax, r12d
    call put_number
skip:
    add r12d, 2
    jmp next_number

done:
    call flush_text
    exit 0

usage:
    warn "usage: sieve [[FROM] BELOW], at most 100000000"
    exit 2

; end_number: the argument that get_option gave, as a number, to rbp. Clobbers rax, rcx, rdx, rdi.
end_number:
    test rax, rax
    jnz usage
    call operand_number
    jc usage
    cmp rax, LIMIT
    ja usage
    mov ebp, eax
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

section .bss
marks:
    resb LIMIT / 16 + 8         ; BT reads as many bytes as its other operand has
text:
    resb SIZE + 32
