; interrupts: divides its first argument by its second, and handles the errors.
;
; In real mode the interrupt vector table is 256 far addresses at address 0: offset first, then
; segment. The CPU looks there for vector 0 when a division fails, and for vector N at `int N`.
; This applet sets two of them. Vector 0x21 is a service that prints a string, as in DOS. Vector 0,
; the divide error, is a handler that reports the error and continues after the `div`: the CPU
; pushes the address of the `div` itself, and the handler advances it before its `iret`.
;
; /// applet
; description = "Divide, and handle the divide error"
; ///

bits 16

%include "stdlib/io.inc"

    xor ax, ax                  ; CS is 0, too: the segment of both handlers
    mov word [0 * 4], divide_error
    mov [0 * 4 + 2], ax
    mov word [0x21 * 4], print_service
    mov [0x21 * 4 + 2], ax

    call arg_dec
    jc usage
    mov [dividend], eax
    call arg_dec
    jc usage
    mov ebx, eax                ; the divisor: bx, its low half

    mov ax, [dividend]          ; a division takes its dividend from dx:ax
    mov dx, [dividend + 2]
    mov byte [failed], 0
    div bx                      ; ax = quotient, dx = remainder
after_divide:
    cmp byte [failed], 0
    jne done

    movzx ebp, dx
    movzx eax, ax
    mov di, text
    call format_dec
    mov eax, " rem"             ; four characters in one store
    stosd
    mov eax, "aind"
    stosd
    mov eax, "er "
    stosd
    dec di                      ; the fourth was a NUL
    mov eax, ebp
    call format_dec
    mov ax, 10                  ; a newline and the NUL that ends the string
    stosw
    mov si, text
    int 0x21
done:
    mov al, [failed]
    out EXIT, al

usage:
    warn "usage: interrupts DIVIDEND DIVISOR"
    exit 2

; Vector 0: what the CPU does when the divisor is 0 or the quotient does not fit into ax.
; The stack holds, from the top: ip, cs, flags.
divide_error:
    push bp
    mov bp, sp
    mov word [bp + 2], after_divide
    mov byte [failed], 1
    push si
    mov si, complaint
    int 0x21                    ; a handler may call another
    pop si
    pop bp
    iret

; Vector 0x21: prints the string at ds:si, ended by a NUL.
print_service:
    pusha
    mov di, si                  ; its length: how far the NUL is
    xor al, al
    mov cx, -1
    cld
    repne scasb
    not cx
    dec cx
    in ax, WRITE
    popa
    iret

complaint:
    db "divide error: by zero, or too large a quotient", 10, 0

%include "stdlib/fmt.inc"

section .bss
dividend:
    resd 1
failed:
    resb 1
text:
    resb 64
