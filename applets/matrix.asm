; matrix: multiplies two square matrices in three ways, and checks that the results are equal.
;
; Standard input holds the rows of the first matrix and then those of the second, whole numbers
; with white space between them; their number gives the size. Each element of the product is a row
; of the first times a column of the second:
;
;     c[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + ...
;
; The scalar code computes one element after the other. Two neighbours, c[i][j] and c[i][j + 1],
; need the same elements of a and neighbouring elements of b. An SSE register holds two doubles, so
; one multiplication computes a term of two elements; with AVX it is four. a[i][k] is broadcast to a
; register, and the neighbours of b are loaded from consecutive addresses. Every element is summed
; in the same order in all three ways, so the results are equal in every bit, even if they are
; rounded. Rows are padded with zeros to a multiple of four, so the loops need no special case for
; the end of a row.
;
; Numbers are from -1000000 to 1000000, and matrices up to 256 by 256. -t prints the time of each
; way in microseconds to standard error.
;
; /// applet
; description = "Multiply two matrices with scalar, SSE and AVX code"
; timeout = "none"
; ///

bits 64
default rel

%define STREAM_SIZE 0x10000
%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option, format_dec, format_int, get_char, put_bytes, flush

MOST    equ 256
LARGEST equ 1000000
SIZE    equ MOST * MOST * 8     ; bytes of a matrix

    call get_option
    cmp rax, -1
    je start
    cmp al, 't'
    jne usage
    mov byte [with_times], 1
    call get_option
    cmp rax, -1
    je start
usage:
    warn "usage: matrix [-t]"
    exit 2

start:
    call read_numbers
    call find_size
    test r12d, r12d             ; r12 = rows and columns
    jz done
    lea rax, [r12 + 3]
    and eax, -4
    lea r13d, [rax * 8]         ; r13 = bytes from one row to the next
    call fill_matrices

    lea r14, [scalar_block]
    mov r15d, 8                 ; the bytes of a block: one double
    lea rbp, [with_scalar]
    call multiply
    lea r14, [sse_block]
    mov r15d, 16
    lea rbp, [with_sse]
    call multiply
    lea rsi, [with_scalar]
    lea rdi, [with_sse]
    call compare
    call has_avx
    jnc print_product
    lea r14, [avx_block]
    mov r15d, 32
    lea rbp, [with_avx]
    call multiply
    lea rsi, [with_scalar]
    lea rdi, [with_avx]
    call compare

print_product:
    call print_matrix
done:
    call flush
    exit 0

; multiply: all blocks of the product, from left to right and down.
; In: r14 the routine for a block, r15 the bytes of one, rbp the product; r12, r13.
; Clobbers rax, rbx, rcx, rdx, rsi, rdi.
multiply:
    in eax, CLOCK
    push rax
    xor ebx, ebx                ; rbx = the row
.row:
    xor edx, edx                ; rdx = how many bytes into the row
.block:
    mov rax, r13
    imul rax, rbx
    lea rsi, [first]
    add rsi, rax                ; the row of the first matrix
    lea rdi, [second]
    add rdi, rdx                ; the columns of the second
    mov ecx, r12d
    call r14
    add rdx, r15
    cmp rdx, r13
    jb .block
    inc ebx
    cmp ebx, r12d
    jb .row
    pop rdx
    in eax, CLOCK
    sub eax, edx
    cmp byte [with_times], 0
    je .end
    lea rdi, [text]
    call format_dec
    mov rax, " micros"
    stosq
    dec rdi                     ; the eighth was a NUL
    mov rax, "econds,"
    stosq
    mov byte [rdi - 1], ' '
    mov eax, r15d
    shr eax, 3
    call format_dec
    mov rax, " at a t"
    stosq
    dec rdi
    mov eax, "ime"
    stosd
    mov byte [rdi - 1], 10
    lea rcx, [text]
    sub rdi, rcx
    write_to WRITE_ERR, text, edi
.end:
    ret

; scalar_block, sse_block, avx_block: one, two, four elements of the product.
; In: rsi a row, rdi the first of the columns, rcx their length, r13 from row to row; rbp, rax and
; rdx: where the product, the row in it, and the block in that is. Clobbers rcx, rsi, rdi.
scalar_block:
    xorpd xmm0, xmm0            ; the sum
.next:
    movsd xmm1, [rsi]
    mulsd xmm1, [rdi]
    addsd xmm0, xmm1
    add rsi, 8                  ; along the row
    add rdi, r13                ; down the column
    dec ecx
    jnz .next
    add rax, rbp
    movsd [rax + rdx], xmm0
    ret

sse_block:
    xorpd xmm0, xmm0
.next:
    movsd xmm1, [rsi]
    unpcklpd xmm1, xmm1         ; into both places
    mulpd xmm1, [rdi]
    addpd xmm0, xmm1
    add rsi, 8
    add rdi, r13
    dec ecx
    jnz .next
    add rax, rbp
    movapd [rax + rdx], xmm0
    ret

avx_block:
    vxorpd ymm0, ymm0, ymm0
.next:
    vbroadcastsd ymm1, [rsi]    ; into all four places
    vmulpd ymm1, ymm1, [rdi]
    vaddpd ymm0, ymm0, ymm1     ; FMA would round once instead of twice: another answer
    add rsi, 8
    add rdi, r13
    dec ecx
    jnz .next
    add rax, rbp
    vmovapd [rax + rdx], ymm0
    vzeroupper                  ; SSE code that comes later is slow without this
    ret

; compare: ends the applet if the products at rsi and rdi differ. Clobbers rcx, rsi, rdi.
compare:
    mov rcx, r12
    imul rcx, r13
    repe cmpsb
    je .same
    warn "the answers differ"
    exit 1
.same:
    ret

; has_avx: CF = 1 if the processor has AVX; the host has enabled it then. Clobbers rax, rbx, rcx,
; rdx.
has_avx:
    mov eax, 1
    cpuid
    bt ecx, 28
    ret

; read_numbers: standard input as doubles. Out: r12 how many there are. Clobbers all but rbp.
read_numbers:
    xor r12d, r12d
.next:
    call get_char
.gap:
    cmp rax, -1
    je .end
    cmp al, ' '
    jbe .next
    xor r13d, r13d              ; r13 = 1 after a minus
    cmp al, '-'
    jne .number
    inc r13d
    call get_char
.number:
    xor ebx, ebx                ; rbx = the number
    sub rax, '0'
    cmp rax, 9
    ja .wrong
.digit:
    imul ebx, ebx, 10
    add ebx, eax
    cmp ebx, LARGEST
    ja .wrong
    call get_char
    lea rcx, [rax - '0']
    cmp rcx, 9
    mov r14, rax
    mov rax, rcx
    jbe .digit
    mov rax, r14
    cmp rax, -1
    je .store
    cmp al, ' '
    ja .wrong
.store:
    test r13d, r13d
    jz .positive
    neg ebx
.positive:
    cmp r12d, 2 * MOST * MOST
    jae too_large
    cvtsi2sd xmm0, ebx
    lea rdi, [numbers]
    movsd [rdi + r12 * 8], xmm0
    inc r12d
    jmp .gap
.end:
    ret
.wrong:
    warn "the input must be whole numbers from -1000000 to 1000000"
    exit 1

; find_size: the size of two square matrices of r12 elements together. Out: r12. Clobbers rax, rcx.
find_size:
    mov ecx, -1
.next:
    inc ecx
    mov eax, ecx
    imul eax, eax
    add eax, eax
    cmp eax, r12d
    jb .next
    jne .wrong
    mov r12d, ecx
    ret
.wrong:
    warn "the input must be two square matrices of the same size"
    exit 1

too_large:
    warn "a matrix can have at most 256 rows"
    exit 1

; fill_matrices: the numbers, row by row, into both matrices; the rest of a row stays 0.
; In: r12, r13. Clobbers rax, rbx, rcx, rdx, rsi, rdi.
fill_matrices:
    lea rsi, [numbers]
    lea rdx, [first]
    call .matrix
    lea rdx, [second]
.matrix:
    mov ebx, r12d
.row:
    mov rdi, rdx
    mov ecx, r12d
    rep movsq
    add rdx, r13
    dec ebx
    jnz .row
    ret

; print_matrix: the product, a row a line. Clobbers all registers but r12, r13.
print_matrix:
    xor ebx, ebx
.row:
    lea rbp, [with_scalar]
    mov rax, r13
    imul rax, rbx
    add rbp, rax                ; the row
    xor r14d, r14d              ; the column
.element:
    cvttsd2si rax, [rbp + r14 * 8]
    lea rdi, [text]
    call format_int
    mov al, ' '
    inc r14d
    cmp r14d, r12d
    jb .separate
    mov al, 10
.separate:
    stosb
    mov rsi, rdi
    lea rdi, [text]
    sub rsi, rdi
    call put_bytes
    cmp r14d, r12d
    jb .element
    inc ebx
    cmp ebx, r12d
    jb .row
    ret

%include "stdlib/fmt.inc"
%include "stdlib/option.inc"
%include "stdlib/stream.inc"

section .bss
with_times:
    resb 1
text:
    resb 64
    alignb 32                   ; AVX loads and stores of whole registers ask for it
numbers:
    resb 2 * SIZE
first:
    resb SIZE
second:
    resb SIZE
with_scalar:
    resb SIZE
with_sse:
    resb SIZE
with_avx:
    resb SIZE
