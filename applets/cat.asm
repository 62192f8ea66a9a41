; cat: copies standard input to standard output, as fast as it can.
;
; The loop is that of echo; the buffer is what makes it fast. Each READ and each WRITE is an exit to
; the host, which costs some microseconds. One exit moves as much as the buffer holds, directly
; between the file and guest memory. At 1 MiB for each exit, the cost of the exits is negligible.
;
; READ takes the buffer in edi and WRITE in esi. Both keep their registers, so the loop sets them
; once. READ returns the number of bytes in eax, and WRITE takes it in ecx: one xchg moves it, and
; jecxz detects the end of input without a compare.
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
