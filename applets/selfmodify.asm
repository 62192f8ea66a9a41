; selfmodify: folds numbers with an operator, by a loop that is patched at run time.
;
; Code is bytes in memory. The loop below has a gap of three bytes for its operation. Before the
; loop runs, the operation is copied there from a table of assembled instructions. So the loop needs
; no comparison and no jump for each number.
;
; A processor fetches instructions ahead. Today's processors detect a store to an instruction that
; is already fetched, but older ones did not. The manuals require a jump between the store and the
; new code (SDM volume 3, 9.1.3).
;
; The first argument is the operator, the others the numbers: `selfmodify + 1 2 3`. Operators are
; + - x & | ^, numbers have 32 bits, signed, and wrap around.
;
; /// applet
; description = "Fold numbers with an operator, by code that is patched before it runs"
; ///

bits 32

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need format_int

GAP equ 3                       ; the longest of the operations

; The operator, one letter.
    in eax, ARGS
    mov dl, al
    in eax, ARGS
    test eax, eax
    jnz usage
    mov esi, operations
find:
    mov al, [esi]
    test al, al
    jz usage
    inc esi
    cmp al, dl
    je found
    add esi, GAP
    jmp find

found:
    mov edi, gap                ; the patch: three bytes over the three that were there
    mov ecx, GAP
    cld
    rep movsb
    jmp patched                 ; and the jump after which the processor sees them
patched:

; The numbers: ebx = the result so far, eax the next one.
    call read_number
    jc usage
    mov ebx, eax
fold:
    call read_number
    jc done
gap:
    times GAP nop               ; `OPERATION ebx, eax` comes here
    jmp fold

done:
    mov eax, ebx
    mov edi, text
    call format_int
    mov byte [edi], 10
    lea ecx, [edi + 1]
    sub ecx, text
    write text, ecx
    exit 0

usage:
    warn "usage: selfmodify + | - | x | '&' | '|' | ^ NUMBER..."
    exit 2

; read_number: the next argument. Out: eax, or CF = 1 after the last. Clobbers ecx, edx.
read_number:
    xor ecx, ecx                ; the number so far
    xor edx, edx                ; -1 for a negative one
    in eax, ARGS
    cmp eax, -1
    je .none
    cmp eax, '-'
    jne .digit
    dec edx
    in eax, ARGS
.digit:
    sub eax, '0'
    cmp eax, 9
    ja usage
    imul ecx, ecx, 10
    add ecx, eax
    in eax, ARGS
    test eax, eax
    jnz .digit
    mov eax, ecx
    xor eax, edx                ; -n is (n xor -1) - -1
    sub eax, edx
    clc
    ret
.none:
    stc
    ret

; operation LETTER, INSTRUCTION: a row of the table, padded to the gap's size.
%macro operation 2+
    db %1
%%code:
    %2
    times GAP - ($ - %%code) nop
%endmacro
operations:
    operation '+', add ebx, eax
    operation '-', sub ebx, eax
    operation 'x', imul ebx, eax
    operation '&', and ebx, eax
    operation '|', or ebx, eax
    operation '^', xor ebx, eax
    db 0

%include "stdlib/fmt.inc"

section .bss
text:
    resb 64
