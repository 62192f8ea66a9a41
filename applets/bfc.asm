; bfc: compiles a brainfuck program to machine code in memory, and runs it.
;
; The compiler does not encode instructions itself; the assembler does. For each command there is a
; stencil: a few instructions, assembled with a hole for a number. The compiler copies the stencils
; one after the other and fills the holes. The code runs at the processor's full speed, because
; there is no loop that fetches commands.
;
; Two optimizations improve on a plain translation. A run such as `+++-` becomes one addition of 2,
; a run such as `>><` one step; and `[-]`, which counts a cell down to 0, becomes one store.
;
; The language is that of the applet `brainfuck`: 65,536 cells in a ring, 0 at the end of input, the
; program as first argument, or before `!` in standard input. With -c before it the code is not run
; but written to standard output: `applet run bfc -c '+[.]' > x.bin; applet dis --bits 64 x.bin`.
;
; /// applet
; description = "Compile a brainfuck program to machine code and run it"
; ///

bits 64
default rel

%include "stdlib/io.inc"

LONGEST equ 1 << 20             ; commands
DEEPEST equ 1 << 16             ; brackets within each other
OUTPUT  equ 1 << 16             ; output is gathered before it is written
INPUT   equ 1 << 16             ; and input fetched, in pieces of this size

    cld                         ; string instructions go upwards
    lea r15, [output]           ; where the next byte of output goes
    call load
    lea rdi, [code]
    call compile
    cmp byte [only_code], 0
    jne write_code

    lea r12, [cells]            ; what the code expects, see the stencils
    lea r13, [put]
    lea r14, [get]
    xor ebx, ebx
    lea rax, [code]
    call rax                    ; the program, which ends in `ret`
    call flush
    exit 0

write_code:
    lea rsi, [code]
    mov rcx, rdi
    sub rcx, rsi
    in eax, WRITE
    exit 0

; The stencils. In the generated code r12 = the cells, rbx = the number of the current cell, r13 and
; r14 = the routines that write and read a byte.
;
; hole NAME, SIZE ends the stencil NAME, whose last SIZE bytes are its hole.
%macro hole 2
%1_end:
%1_hole equ %2
%endmacro

add_cell:
    add byte [r12 + rbx], 0
    hole add_cell, 1
add_pointer:
    add bx, strict word 0       ; only 16 bits change: past the last cell comes the first
    hole add_pointer, 2
clear_cell:
    mov byte [r12 + rbx], 0
    hole clear_cell, 0
put_cell:
    call r13
    hole put_cell, 0
get_cell:
    call r14
    hole get_cell, 0
open_loop:
    cmp byte [r12 + rbx], 0
    je near $                   ; the hole: the distance to the end of the loop
    hole open_loop, 4
close_loop:
    cmp byte [r12 + rbx], 0
    jne near $                  ; the hole: how far it is back
    hole close_loop, 4
end_code:
    ret
    hole end_code, 0

; emit NAME: copies a stencil to rdi and advances rdi. Clobbers rcx, rsi.
%macro emit 1
    lea rsi, [%1]
    mov ecx, %1_end - %1
    rep movsb
%endmacro

; compile: generates the code of the program. In: rdi = where to. Out: rdi = its end. rbx = the next
; command, rbp = how deep in brackets.
compile:
    lea rbx, [program]
    xor ebp, ebp
.next:
    mov al, [rbx]
    cmp al, '+'
    je .cell
    cmp al, '-'
    je .cell
    cmp al, '>'
    je .pointer
    cmp al, '<'
    je .pointer
    inc rbx
    cmp al, '.'
    je .put
    cmp al, ','
    je .get
    cmp al, '['
    je .open
    cmp al, ']'
    je .close
    emit end_code               ; the NUL after the last command
    test ebp, ebp
    jnz no_close
    ret

; A run: edx = its sum. A sum of 0 emits no code.
.cell:
    mov eax, '+-'               ; al = what adds, ah = what takes away
    call count
    test dl, dl
    jz .next
    emit add_cell
    mov [rdi - add_cell_hole], dl
    jmp .next
.pointer:
    mov eax, '><'
    call count
    test dx, dx
    jz .next
    emit add_pointer
    mov [rdi - add_pointer_hole], dx
    jmp .next

.put:
    emit put_cell
    jmp .next
.get:
    emit get_cell
    jmp .next

.open:
    mov ax, [rbx]
    cmp ax, '-]'
    je .clear
    cmp ax, '+]'
    je .clear
    cmp ebp, DEEPEST
    je too_deep
    emit open_loop
    lea rcx, [opened]           ; the hole is filled when the other end is known
    mov [rcx + rbp * 8], rdi
    inc ebp
    jmp .next
.clear:
    add rbx, 2
    emit clear_cell
    jmp .next

.close:
    test ebp, ebp
    jz no_open
    dec ebp
    emit close_loop
    lea rcx, [opened]
    mov rcx, [rcx + rbp * 8]    ; where the loop's inside begins
    mov rax, rdi
    sub rax, rcx                ; from there to here, and back: jumps count from their own end
    mov [rcx - open_loop_hole], eax
    neg eax
    mov [rdi - close_loop_hole], eax
    jmp .next

; count: the sum of a run. In: al adds 1, ah subtracts 1. Out: edx, rbx after the run.
count:
    xor edx, edx
.next:
    mov cl, [rbx]
    cmp cl, al
    je .more
    cmp cl, ah
    je .less
    ret
.more:
    inc edx
    inc rbx
    jmp .next
.less:
    dec edx
    inc rbx
    jmp .next

; Routines for the generated code. put: writes the cell. get: reads a byte into the cell.
put:
    mov al, [r12 + rbx]
    mov [r15], al
    inc r15
    lea rax, [output + OUTPUT]
    cmp r15, rax
    je flush
    ret

get:
    call next_byte
    cmp eax, -1
    jne .store
    xor eax, eax                ; 0 at the end of input
.store:
    mov [r12 + rbx], al
    ret

flush:
    lea rsi, [output]
    mov rcx, r15
    sub rcx, rsi
    jz .none
    in eax, WRITE
    mov r15, rsi
.none:
    ret

; next_byte: the next byte of standard input, through a large buffer.
; Out: eax = the byte, or -1 at the end. Clobbers rcx, rsi, rdi.
next_byte:
    mov rsi, [input_next]
    cmp rsi, [input_end]
    jb .there
    call flush                  ; someone may wait for it before typing
    lea rdi, [input]
    mov ecx, INPUT
    in eax, READ
    mov rsi, rdi
    add rdi, rax
    mov [input_end], rdi
    test eax, eax
    jnz .there
    dec eax
    ret
.there:
    movzx eax, byte [rsi]
    inc rsi
    mov [input_next], rsi
    ret

; next_argument: the next byte of the arguments, or -1 after the last.
next_argument:
    in eax, ARGS
    ret

; load: stores the commands of the program at `program`, with a NUL after them. Clobbers everything.
; rbx = the end of what is loaded, rbp = the routine that reads the next byte.
load:
    lea rbx, [program]
    lea rbp, [next_argument]
    call rbp
    cmp eax, -1                 ; is there an argument?
    je .from_input
    cmp eax, '-'
    jne .have
    call rbp
    cmp eax, 'c'
    jne .minus                  ; it was a command
    mov byte [only_code], 1
    call rbp                    ; the NUL after -c
    call rbp
    cmp eax, -1
    jne .have
.from_input:
    lea rbp, [next_byte]
.next:
    call rbp
.have:
    cmp eax, -1                 ; the input ends, or a NUL the argument, or `!` the program
    je .end
    test eax, eax
    jz .end
    cmp eax, '!'
    je .end
    lea rsi, [commands]
    mov ecx, 8
.compare:
    cmp al, [rsi + rcx - 1]
    loopne .compare
    jne .next                   ; a comment
    lea rcx, [program + LONGEST]
    cmp rbx, rcx
    je too_long
    mov [rbx], al
    inc rbx
    jmp .next
.minus:
    mov byte [rbx], '-'
    inc rbx
    jmp .have
.end:
    mov byte [rbx], 0
    ret

commands:
    db "><+-.,[]"

no_open:
    warn "there is a ] without ["
    exit 1
no_close:
    warn "there is a [ without ]"
    exit 1
too_deep:
    warn "more than 65536 brackets within each other"
    exit 1
too_long:
    warn "more than 1048576 commands"
    exit 1

section .bss
alignb 4096
only_code:
    resb 1
alignb 8
input_next:
    resq 1
input_end:
    resq 1
input:
    resb INPUT
program:
    resb LONGEST + 1
opened:
    resq DEEPEST
output:
    resb OUTPUT
cells:
    resb 1 << 16
alignb 4096                     ; a store beside code makes a processor fetch that code again
code:
    resb LONGEST * 12           ; the longest stencil has 11 bytes
