; fibonacci: prints the first Fibonacci numbers, exactly, however long they grow.
;
; A number is a row of decimal digits, one a byte, the units last, as one writes it on paper. And
; as on paper they are added: from the right, a digit at a time, with a carry. Only two numbers are
; kept, since the sum replaces the older one. The argument says how many to print, 1 to 500; 20
; without one.
;
; /// applet
; description = "Print the first Fibonacci numbers, all digits of them"
; ///

bits 16

%include "stdlib/io.inc"

DIGITS equ 110                  ; the 500th has 105

    mov bp, 20                  ; bp = how many are left to print
    call arg_dec
    jc start
    cmp eax, 1
    jb usage
    cmp eax, 500
    ja usage
    mov bp, ax

start:
    mov si, newer + DIGITS - 1  ; si and di point at the units of the two
    mov di, older + DIGITS - 1
    mov byte [si], 1            ; the numbers before the first are 1 and 0: all else is 0 already
    mov dx, 1                   ; dx = how many digits the newer number has
next_number:
    call print_number
    dec bp
    jz done
    call add_numbers
    xchg si, di                 ; the sum is the newer one now
    jmp next_number

done:
    exit 0

usage:
    warn "usage: fibonacci [COUNT], from 1 to 500"
    exit 2

; add_numbers: older = older + newer.
; In: si, di the units of the newer and the older, dx the digits of the newer.
; Out: dx the digits of the sum. Clobbers ax, cx.
add_numbers:
    push si
    push di
    std                         ; from the units to the left
    mov cx, dx
    xor ax, ax                  ; ah = the carry
.next:
    mov al, [di]
    add al, ah
    add al, [si]                ; at most 9 + 1 + 9
    aam                         ; ah = al / 10, the carry; al = al % 10, the digit
    dec si
    stosb
    dec cx
    jnz .next
    test ah, ah                 ; does the sum need one more digit?
    jz .end
    mov [di], ah
    inc dx
.end:
    cld
    pop di
    pop si
    ret

; print_number: the newer number and a newline.
; In: si its units, dx how many digits. Clobbers ax, bx, cx.
print_number:
    push si
    push di
    sub si, dx
    inc si                      ; its first digit
    mov di, text
    mov cx, dx
    cld
.next:
    lodsb
    add al, '0'
    stosb
    dec cx
    jnz .next
    mov al, 10
    stosb
    sub di, text
    write text, di
    pop di
    pop si
    ret

%include "stdlib/fmt.inc"

section .bss
older:
    resb DIGITS
newer:
    resb DIGITS
text:
    resb DIGITS + 1
