; factorial: prints all digits of N! = 1 * 2 * 3 * ... * N.
;
; A number too large for a register is stored as an array of limbs. Here each limb holds nine
; decimal digits, the lowest limb first: the number is in base 1,000,000,000. To multiply it by a
; small number, multiply each limb and add the carry from the one before. The product of two 32-bit
; numbers has 64 bits, in edx:eax, and one DIV splits it: the remainder is the new limb, the
; quotient the next carry. This base makes printing easy: every limb is nine digits of the result.
; The argument is at most 2000; the default is 20.
;
; /// applet
; description = "Print N! exactly"
; timeout = "60s"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number, format_dec, format_number

MOST  equ 2000
BASE  equ 1000000000
LIMBS equ 640                   ; 2000! has 5736 digits

    mov eax, 20
    call optional_number
    jc usage
    cmp eax, MOST
    ja usage
    mov [last], eax

    mov dword [limbs], 1
    mov ebp, 1                  ; ebp = how many limbs are in use
    mov esi, 1                  ; esi = the factor
next_factor:
    inc esi
    cmp esi, [last]
    ja print_it
    call multiply
    jmp next_factor

print_it:
    cld                         ; string instructions go upwards
    mov edi, text
    mov eax, [limbs + ebp * 4 - 4]
    call format_dec             ; the highest limb has no zeros before it
next_limb:
    dec ebp
    jz end_of_number
    mov eax, [limbs + ebp * 4 - 4]
    mov ecx, 10                 ; in base 10, without a sign
    mov edx, '0' << 8 | 9       ; nine digits, with zeros before them
    call format_number
    jmp next_limb
end_of_number:
    mov al, 10
    stosb
    sub edi, text
    write text, edi
    exit 0

usage:
    warn "usage: factorial [N], at most 2000"
    exit 2

; multiply: all limbs times esi.
; In: ebp the limbs in use. Out: ebp as many or one more. Clobbers eax, ebx, ecx, edx, edi.
multiply:
    mov edi, limbs
    mov ecx, ebp
    xor ebx, ebx                ; ebx = the carry
.next:
    mov eax, [edi]
    mul esi                     ; edx:eax
    add eax, ebx
    adc edx, 0
    mov ebx, BASE
    div ebx                     ; eax = quotient, edx = remainder
    mov [edi], edx
    mov ebx, eax
    add edi, 4
    dec ecx
    jnz .next
    test ebx, ebx
    jz .end
    mov [edi], ebx              ; the number grew
    inc ebp
.end:
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

section .bss
last:
    resd 1
limbs:
    resd LIMBS
text:
    resb LIMBS * 9 + 1
