; fizzbuzz: counts, but prints Fizz for multiples of 3, Buzz for 5, and FizzBuzz for both.
;
; The usual solution divides each number by 3 and by 5. This one never divides: it has two counters,
; one that counts down from 3 and one from 5, and it prints a word when its counter reaches 0. It
; prints the number only if it printed no word. The argument is the last number; the default is 100.
;
; /// applet
; description = "Count to N with Fizz for 3 and Buzz for 5"
; ///

bits 16

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number, format_dec

SIZE    equ 4096                ; lines are gathered, and written when this much is full
LONGEST equ 16                  ; no line is longer

    mov eax, 100
    call optional_number
    jc usage
    mov ebp, eax                ; ebp = the last number

    cld                         ; string instructions go upwards
    xor esi, esi                ; esi = the number
    mov bx, 0x0503              ; bl counts down from 3, bh from 5
    mov di, text
next_number:
    cmp esi, ebp
    jae done
    inc esi
    mov dx, di                  ; where the line begins
    dec bl
    jnz no_fizz
    mov bl, 3
    mov eax, "Fizz"             ; four characters in one store
    stosd
no_fizz:
    dec bh
    jnz no_buzz
    mov bh, 5
    mov eax, "Buzz"
    stosd
no_buzz:
    cmp di, dx                  ; was there a word?
    jne end_of_line
    mov eax, esi
    call format_dec
end_of_line:
    mov al, 10
    stosb
    cmp di, text + SIZE - LONGEST
    jb next_number
    call flush
    jmp next_number

done:
    call flush
    exit 0

usage:
    warn "usage: fizzbuzz [LAST], at most 4294967295"
    exit 2

; flush: writes the buffered lines. Out: di = text. Clobbers ax, cx; keeps esi.
flush:
    push si
    sub di, text
    write text, di
    mov di, text
    pop si
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

section .bss
text:
    resb SIZE
