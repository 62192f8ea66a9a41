; uniq: prints each run of equal lines once.
;
; Only adjacent lines are compared, so one line is stored: `repe cmpsb` compares the next line with
; it. Sort the input first to remove all duplicates. -c prints the count before each line, -d prints
; only repeated lines, and -u only lines that are not repeated. A line has to fit into 4 MiB.
;
; /// applet
; description = "Leave out lines equal to the previous one"
; timeout = "none"
; ///

bits 32

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, format_number, put_bytes, put_char, flush

SIZE equ (4 << 20) + 1          ; a line and its newline

next_option:
    call get_option
    cmp eax, -1
    je start
    mov edi, with_count
    cmp al, 'c'
    je switch_on
    mov edi, repeated_only
    cmp al, 'd'
    je switch_on
    mov edi, single_only
    cmp al, 'u'
    je switch_on
    warn "usage: uniq [-c] [-d] [-u]"
    exit 2
switch_on:
    mov byte [edi], 1
    jmp next_option

; ebx..ebp is the unused input.
start:
    mov ebx, input
    mov ebp, input
next_line:
    call take_line              ; esi = the line, ecx = its length
    jc end_of_input
    cmp dword [count], 0
    je another                  ; it is the first
    cmp ecx, [kept_length]
    jne differs
    push esi
    push ecx
    mov edi, kept
    cmp ecx, ecx                ; of no bytes all are equal: REPE leaves ZF as it is
    repe cmpsb
    pop ecx
    pop esi
    jne differs
    inc dword [count]
    jmp next_line

differs:
    push esi
    push ecx
    call put_kept
    pop ecx
    pop esi
another:
    mov [kept_length], ecx
    mov edi, kept
    rep movsb
    mov dword [count], 1
    jmp next_line

end_of_input:
    cmp dword [count], 0
    je done
    call put_kept
done:
    call flush
    exit 0

too_long:
    call flush
    warn "a line is longer than 4 MiB"
    exit 1

; put_kept: writes the stored line if it is wanted. Clobbers all registers but ebx, ebp.
put_kept:
    cmp dword [count], 1
    je .single
    cmp byte [single_only], 0
    jne .end
    jmp .wanted
.single:
    cmp byte [repeated_only], 0
    jne .end
.wanted:
    cmp byte [with_count], 0
    je .line
    mov edi, text
    mov eax, [count]
    mov ecx, 10                 ; in base 10, without a sign
    mov edx, ' ' << 8 | 7       ; seven places, with spaces before the digits
    call format_number
    mov al, ' '
    stosb
    mov esi, edi
    mov edi, text
    sub esi, edi
    call put_bytes
.line:
    mov edi, kept
    mov esi, [kept_length]
    call put_bytes
    mov edi, 10
    jmp put_char
.end:
    ret

; take_line: the next line of the input.
; Out: esi the line, ecx its length without the newline, CF = 1 at the end of input. ebx, ebp move
; on. Clobbers eax, edx, edi.
take_line:
    mov edx, ebx                ; up to edx there is no newline
.search:
    mov edi, edx
    mov ecx, ebp
    sub ecx, edx
    jz .more
    mov al, 10
    repne scasb
    jne .more
    mov esi, ebx
    lea ecx, [edi - 1]
    sub ecx, ebx
    mov ebx, edi
    clc
    ret
.more:
    mov esi, ebx                ; no whole line: move what there is to the front
    mov ecx, ebp
    sub ecx, ebx
    mov edi, input
    mov ebx, edi
    rep movsb
    mov ebp, edi
    mov edx, edi
    mov ecx, input + SIZE
    sub ecx, edi
    jz too_long
    in eax, READ
    add ebp, eax
    test eax, eax
    jnz .search
    mov esi, ebx                ; the last line may have no newline
    mov ecx, ebp
    sub ecx, ebx
    mov ebx, ebp
    cmp ecx, 1                  ; CF = 1 if it is empty
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
with_count:
    resb 1
repeated_only:
    resb 1
single_only:
    resb 1
    alignb 4
count:
    resd 1                      ; how often the line that is kept was there
kept_length:
    resd 1
text:
    resb 16
kept:
    resb SIZE
input:
    resb SIZE
