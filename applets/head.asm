; head: prints the first lines of standard input; as many as its argument says, 10 without one.
;
; `repne scasb` looks for the newlines: one instruction walks the buffer until it meets al or ecx
; is 0. What is found is written in one trip, and the rest of the input is never read.
;
; /// applet
; description = "Print the first lines of standard input"
; ///

bits 32

%include "stdlib/io.inc"

SIZE equ 0x10000

    call arg_dec
    jnc start
    mov eax, 10
start:
    mov ebp, eax                ; ebp = how many lines are still wanted
    cld                         ; string instructions go upwards
next_buffer:
    test ebp, ebp
    jz done
    mov edi, buffer
    mov ecx, SIZE
    in eax, READ
    test eax, eax
    jz done

    mov ecx, eax
    mov al, 10
next_line:
    repne scasb                 ; edi = past the newline, ecx = how much is left behind it
    jne write_it                ; none any more: ecx was counted down to 0
    dec ebp
    jz write_it
    test ecx, ecx
    jnz next_line
write_it:
    sub edi, buffer
    write buffer, edi
    jmp next_buffer

done:
    exit 0

%include "stdlib/fmt.inc"

section .bss
buffer:
    resb SIZE
