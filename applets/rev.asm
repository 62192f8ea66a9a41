; rev: reverses every line of standard input, byte by byte.
;
; Two pointers, one at the line's first byte and one at its last, swap their bytes and step towards
; each other until they meet, so the line is reversed in place. All whole lines in the buffer are
; reversed and written in one exit. The rest after the last newline is moved to the front, and more
; input is read after it. So a line has to fit into the buffer, and a line above 8 MiB is an error.
; Characters of more than one byte in UTF-8 are not preserved.
;
; /// applet
; description = "Reverse every line"
; timeout = "none"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option

SIZE equ (8 << 20) + 1          ; a line and its newline

    call get_option
    cmp eax, -1
    jne usage

    mov ebp, buffer             ; ebp = the end of what is in the buffer
next_read:
    mov ebx, ebp                ; ebx = where the new bytes begin: before it is no newline
    mov edi, ebp
    mov ecx, buffer + SIZE
    sub ecx, ebp
    jz too_long
    in eax, READ
    test eax, eax
    jz last_line
    add ebp, eax

    mov edx, buffer             ; edx = the line in question
    mov edi, ebx
next_line:
    mov ecx, ebp
    sub ecx, edi
    jz lines_done
    mov al, 10
    repne scasb                 ; edi = past the newline
    jne lines_done
    lea esi, [edi - 1]
    call reverse
    mov edx, edi
    jmp next_line

lines_done:
    mov ebx, edx
    sub ebx, buffer             ; ebx = the length of the whole lines
    jz next_read
    write buffer, ebx
    mov esi, edx                ; the rest moves to the front
    mov edi, buffer
    mov ecx, ebp
    sub ecx, edx
    rep movsb
    mov ebp, edi
    jmp next_read

last_line:                      ; it has no newline, and gets none
    mov edx, buffer
    mov esi, ebp
    call reverse
    sub ebp, buffer
    write buffer, ebp
    exit 0

usage:
    warn "usage: rev"
    exit 2

too_long:
    warn "a line is longer than 8 MiB"
    exit 1

; reverse: the bytes from edx up to esi. Clobbers eax, ecx, esi; keeps edx, edi.
reverse:
    mov ecx, edx
.next:
    dec esi
    cmp ecx, esi
    jae .end
    mov al, [ecx]
    mov ah, [esi]
    mov [ecx], ah
    mov [esi], al
    inc ecx
    jmp .next
.end:
    ret

%include "stdlib/option.inc"

section .bss
buffer:
    resb SIZE
