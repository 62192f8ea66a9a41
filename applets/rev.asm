; rev: turns every line of standard input round, byte by byte.
;
; Two pointers, one at the line's first byte and one at its last, swap what they point at and step
; towards each other until they meet: nothing is copied elsewhere. Whole lines are turned in the
; buffer they were read into, and go out from there in one trip. What is left behind the last
; newline moves to the front, and more is read behind it. So a line has to fit into the buffer, and
; one beyond 8 MiB is refused. A character of more than one byte in UTF-8 does not survive this.
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
