; fibonacci: prints the first Fibonacci numbers with all their digits.
;
; A number is an array of decimal digits, one in each byte, the units last. Addition goes from the
; right, digit by digit, with a carry. Only two numbers are kept: the sum replaces the older one.
; The argument is the number of numbers to print; the default is 20. With two arguments it prints
; those from the first to the last: the 4782nd is the first with 1000 digits. The last is at most
; the 10000th.
;
; /// applet
; description = "Print the first Fibonacci numbers, all digits of them"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, operand_number, put_bytes, flush

MOST   equ 10000
DIGITS equ 2100                 ; the 10000th has 2090

    mov r12d, 1                 ; r12 = the first that is printed
    mov r13d, 20                ; r13 = the last
    call get_option
    cmp rax, -1
    je start
    call last_number
    call get_option
    cmp rax, -1
    je start
    mov r12d, r13d              ; it was the first, and here is the last
    call last_number
    call get_option
    cmp rax, -1
    jne usage

start:
    lea rsi, [newer + DIGITS - 1]   ; rsi and rdi point at the units of the two
    lea rdi, [older + DIGITS - 1]
    mov byte [rsi], 1           ; the numbers before the first are 1 and 0: all else is 0 already
    mov edx, 1                  ; edx = how many digits the newer number has
    mov ebp, 1                  ; ebp = which one it is
next_number:
    cmp ebp, r12d
    jb skip
    call print_number
skip:
    inc ebp
    cmp ebp, r13d
    ja done
    call add_numbers
    xchg rsi, rdi               ; the sum is the newer one now
    jmp next_number

done:
    call flush
    exit 0

usage:
    warn "usage: fibonacci [[FIRST] LAST], from 1 to 10000"
    exit 2

; last_number: the argument that get_option gave, as a number, to r13. Clobbers rax, rcx, rdx, rdi.
last_number:
    test rax, rax
    jnz usage
    call operand_number
    jc usage
    test rax, rax
    jz usage
    cmp rax, MOST
    ja usage
    mov r13d, eax
    ret

; add_numbers: older = older + newer.
; In: rsi, rdi the units of the newer and the older, edx the digits of the newer.
; Out: edx the digits of the sum. Clobbers rax, rcx, r8.
add_numbers:
    xor ecx, ecx                ; from the units to the left
    xor eax, eax                ; the carry, 0 or 1
    mov r8d, edx
.next:
    add al, [rdi + rcx]
    add al, [rsi + rcx]         ; at most 1 + 9 + 9
    mov ah, 0
    cmp al, 10
    jb .store
    sub al, 10
    mov ah, 1
.store:
    mov [rdi + rcx], al
    mov al, ah
    dec rcx
    dec r8d
    jnz .next
    test al, al                 ; does the sum need one more digit?
    jz .end
    mov [rdi + rcx], al
    inc edx
.end:
    ret

; print_number: the newer number and a newline.
; In: rsi its units, edx how many digits. Clobbers rax, rcx, r8.
print_number:
    push rdx
    push rsi
    push rdi
    sub rsi, rdx
    inc rsi                     ; its first digit
    lea rdi, [text]
    mov ecx, edx
.next:
    lodsb
    add al, '0'
    stosb
    dec ecx
    jnz .next
    mov al, 10
    stosb
    mov rsi, rdi
    lea rdi, [text]
    sub rsi, rdi
    call put_bytes
    pop rdi
    pop rsi
    pop rdx
    ret

%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
older:
    resb DIGITS
newer:
    resb DIGITS
text:
    resb DIGITS + 1
