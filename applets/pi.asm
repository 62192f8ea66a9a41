; pi: prints the first decimals of pi, as many as its argument says.
;
; Machin's formula of 1706 is pi = 16 * arctan(1/5) - 4 * arctan(1/239), and
;
;     arctan(1/x) = 1/x - 1/(3 * x^3) + 1/(5 * x^5) - 1/(7 * x^7) + ...
;
; It needs only long division by small numbers, and addition. Numbers are fixed point: the first
; limb of 64 bits is the integer part, the others are the fraction, the highest first. Long division
; goes from the left: DIV uses the remainder of one limb as the upper half of the dividend for the
; next limb. As the power shrinks, its first limbs become 0 and are skipped, which saves half the
; work.
;
; At the end, the fraction times 10^18 has the first 18 decimals in its integer part, and so on. Two
; extra limbs absorb the rounding errors. The argument is at most 10000; the default is 1000.
;
; /// applet
; description = "Print pi to any number of decimals"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need optional_number, format_number

MOST   equ 10000
GUARD  equ 2                    ; limbs for the rounding errors
LIMBS  equ 1 + MOST * 3322 / 64000 + 1 + GUARD  ; a decimal takes 3.322 bits
CHUNK  equ 18                   ; decimals taken off at once

    mov eax, 1000
    call optional_number
    jc usage
    cmp rax, MOST
    ja usage
    mov r15d, eax               ; r15 = how many decimals
    imul rax, rax, 3322
    xor edx, edx
    mov ecx, 64000
    div rcx
    lea r14d, [rax + 2 + GUARD] ; r14 = how many limbs

    mov r12d, 16                ; pi = 16 * arctan(1/5)
    mov r13d, 5
    xor ebp, ebp
    call add_arctan
    mov r12d, 4                 ; - 4 * arctan(1/239)
    mov r13d, 239
    mov ebp, 1
    call add_arctan

    call print_pi
    exit 0

usage:
    warn "usage: pi [DECIMALS], at most 10000"
    exit 2

; add_arctan: pi = pi + r12 * arctan(1 / r13), or minus it.
; In: ebp is 0 for plus, 1 for minus; r14 the limbs. Clobbers all but r12 to r15.
add_arctan:
    lea rdi, [power]            ; power = r12 / r13, and in each turn it is divided by r13^2
    mov [rdi], r12
    lea ecx, [r14 - 1]
    xor eax, eax
.clear:
    add rdi, 8
    mov [rdi], rax
    dec ecx
    jnz .clear
    lea rdi, [power]
    lea rsi, [power]
    mov rbx, r13
    xor r8d, r8d                ; r8 = how many limbs at the front of the power are 0
    call divide

    mov r9d, 1                  ; r9 = 1, 3, 5, ...
.next:
    lea rsi, [power]
    lea rdi, [term]
    mov rbx, r9
    call divide                 ; term = power / r9
    call add_term
    xor ebp, 1                  ; every other term is taken away
    add r9d, 2

    lea rsi, [power]
    lea rdi, [power]
    mov rbx, r13
    imul rbx, rbx
    call divide
    lea rsi, [power]
.skip:
    cmp qword [rsi + r8 * 8], 0
    jne .next
    inc r8d
    cmp r8d, r14d
    jb .skip                    ; else nothing is left of it: the sum is done
    ret

; divide: the limbs at rsi divided by rbx, to rdi.
; In: r8 the first limb that is not 0, r14 the limbs. Clobbers rax, rcx, rdx.
divide:
    mov ecx, r8d
    xor edx, edx
.next:
    mov rax, [rsi + rcx * 8]
    div rbx                     ; rdx:rax by rbx; the remainder stays in rdx
    mov [rdi + rcx * 8], rax
    inc ecx
    cmp ecx, r14d
    jb .next
    ret

; add_term: pi = pi + term, or minus it. In: ebp, r8, r14. Clobbers rax, rcx, rsi, rdi.
add_term:
    lea rsi, [term]
    lea rdi, [sum]
    mov ecx, r14d
    xor eax, eax                ; the carry, 0 or 1, is kept in al, since CMP changes the flag
.next:
    dec ecx                     ; from the last limb to the front
    mov rdx, [rsi + rcx * 8]
    test ebp, ebp
    jnz .subtract
    bt eax, 0
    adc [rdi + rcx * 8], rdx
    jmp .carry
.subtract:
    bt eax, 0
    sbb [rdi + rcx * 8], rdx
.carry:
    setc al
    cmp ecx, r8d
    ja .next
.ripple:                        ; the term ends here, the carry may not
    dec ecx
    js .end
    test ebp, ebp
    jnz .borrow
    bt eax, 0
    adc qword [rdi + rcx * 8], 0
    jmp .carried
.borrow:
    bt eax, 0
    sbb qword [rdi + rcx * 8], 0
.carried:
    setc al
    jmp .ripple
.end:
    ret

; print_pi: "3", a point, and r15 decimals. Clobbers all but r12 to r15.
print_pi:
    cld                         ; string instructions go upwards
    lea rdi, [text]
    mov al, '3'
    stosb
    test r15d, r15d
    jz .end
    mov al, '.'
    stosb
    lea rbp, [rdi + r15]        ; where the decimals end
.next:
    lea rsi, [sum]              ; fraction * 10^18: what carries out of it is the next group
    mov rbx, 1000000000000000000
    lea ecx, [r14 - 1]
    xor r8d, r8d
.multiply:
    mov rax, [rsi + rcx * 8]
    mul rbx                     ; rdx:rax
    add rax, r8
    adc rdx, 0
    mov [rsi + rcx * 8], rax
    mov r8, rdx
    dec ecx
    jnz .multiply
    mov rax, r8
    mov ecx, 10                 ; in base 10, without a sign
    mov edx, '0' << 8 | CHUNK   ; all digits of it, with zeros before them
    call format_number
    cmp rdi, rbp
    jb .next
    mov rdi, rbp                ; the last group may be longer than what was asked for
.end:
    mov al, 10
    stosb
    lea rcx, [text]
    sub rdi, rcx
    write text, edi
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"

section .bss
    alignb 8
power:
    resq LIMBS
term:
    resq LIMBS
sum:
    resq LIMBS
text:
    resb 2 + MOST + CHUNK + 1
