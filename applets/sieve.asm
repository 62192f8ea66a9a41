; sieve: prints the prime numbers below its argument, with the sieve of Eratosthenes.
;
; A byte for each number: 0 while it may be a prime. The first such number is one, and all its
; multiples are not; then comes the next. Multiples below the square of a prime p are struck out
; already, since they have a smaller factor. So striking begins at p * p, and ends for good when
; p * p is beyond the last number. The argument is at most 100000; 100 without one.
;
; /// applet
; description = "Print the primes below N"
; ///

bits 32

%include "stdlib/io.inc"

LIMIT equ 100000

    call arg_dec
    jnc check
    mov eax, 100
check:
    cmp eax, LIMIT
    ja usage
    mov ebp, eax                ; ebp = the first number that is not asked for

    mov ebx, 2
strike_next:
    mov ecx, ebx
    imul ecx, ecx
    cmp ecx, ebp
    jae print_primes
    cmp byte [composite + ebx], 0
    jne struck                  ; its multiples are those of a smaller prime
strike:
    mov byte [composite + ecx], 1
    add ecx, ebx
    cmp ecx, ebp
    jb strike
struck:
    inc ebx
    jmp strike_next

print_primes:
    mov edi, text
    mov esi, 2
next_number:
    cmp esi, ebp
    jae done
    cmp byte [composite + esi], 0
    jne skip
    mov eax, esi
    call format_dec
    mov byte [edi], 10
    inc edi
skip:
    inc esi
    jmp next_number

done:
    sub edi, text
    write text, edi             ; all of them in one trip to the host
    exit 0

usage:
    warn "usage: sieve [BELOW], at most 100000"
    exit 2

%include "stdlib/fmt.inc"

section .bss
composite:
    resb LIMIT
text:
    resb 0x10000                ; the 9592 primes below 100000 take 56 KB
