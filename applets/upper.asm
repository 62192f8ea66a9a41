; upper: converts letters to upper case, sixteen bytes at a time.
;
; In ASCII a small letter is the capital one with bit 5 set. An SSE2 register holds 16 bytes, and
; `pcmpgtb` compares all of them at once: all ones where true, zero where not. Two comparisons and
; an `and` find the letters, another `and` keeps bit 5 of them, and `pxor` clears it. The comparison
; is signed, so bytes from 0x80 on, as in UTF-8, are below 'a' and stay unchanged.
;
; /// applet
; description = "Convert the letters a to z to upper case"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/abi.inc"

SIZE equ 1 << 16

    movdqa xmm1, [before_a]
    movdqa xmm2, [after_z]
    movdqa xmm3, [bit_5]
next_buffer:
    lea rdi, [buffer]
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz done
    mov ecx, eax                ; for WRITE
    lea rsi, [buffer]
    lea rdi, [rsi + rcx]        ; the end of what came
    mov rbx, rsi
next_sixteen:
    movdqa xmm0, [rbx]
    movdqa xmm4, xmm0
    pcmpgtb xmm4, xmm1          ; byte > 'a' - 1
    movdqa xmm5, xmm2
    pcmpgtb xmm5, xmm0          ; 'z' + 1 > byte
    pand xmm4, xmm5
    pand xmm4, xmm3
    pxor xmm0, xmm4
    movdqa [rbx], xmm0
    add rbx, 16                 ; the last sixteen may go past the end: the buffer does not end there
    cmp rbx, rdi
    jb next_sixteen
    in eax, WRITE
    jmp next_buffer

done:
    hlt

align 16                        ; movdqa needs it
before_a:
    times 16 db 'a' - 1
after_z:
    times 16 db 'z' + 1
bit_5:
    times 16 db 1 << 5

section .bss
align 16
buffer:
    resb SIZE                   ; a multiple of 16
