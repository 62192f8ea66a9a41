; cat: copies standard input to standard output, as fast as it can.
;
; The loop is that of echo; the buffer is what makes it fast. Each READ and each WRITE leaves the
; machine for the host, which costs some microseconds, and in one trip moves as much as the buffer
; holds: between the file and this memory, with nothing in between. At 1 MiB a trip the trips hardly
; count any more.
;
; What is left is the loop itself. READ wants the buffer in edi and WRITE in esi, and both leave
; their registers alone, so they are set once. READ answers in eax how many bytes came, WRITE wants
; that in ecx: one xchg, and jecxz sees the end of input without a compare.
;
; /// applet
; description = "Copy standard input to standard output through a buffer of 1 MiB"
; timeout = "none"
; ///

bits 32

%include "stdlib/abi.inc"

SIZE equ 1 << 20

    mov edi, buffer
    mov esi, edi

copy:
    mov ecx, SIZE
    in eax, READ                ; up to ecx bytes to es:edi, eax: how many
    xchg eax, ecx
    jecxz done
    in eax, WRITE               ; ecx bytes from ds:esi
    jmp copy

done:
    hlt

section .bss
align 4096                      ; whole pages move best
buffer:
    resb SIZE
