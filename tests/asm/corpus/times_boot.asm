; The classic boot sector: `times 510-($-$$)` and a signature.
        org 0x7c00
        bits 16
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
        mov si, message
.next:  lodsb
        test al, al
        jz .done
        mov ah, 0x0e
        mov bx, 7
        int 0x10
        jmp .next
.done:  hlt
        jmp .done
message db "Hello, sector!", 13, 10, 0
        times 510-($-$$) db 0
        dw 0xaa55
