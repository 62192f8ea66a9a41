; ticks: measures time with the processor's time-stamp counter.
;
; RDTSC reads the time-stamp counter: the number of ticks since the processor started, in edx and
; eax, 32 bits each. Its rate is constant but unknown. So the applet first measures the rate against
; the port CLOCK, which counts microseconds: it reads both twice, some milliseconds apart. It stores
; the quotient as a multiple of 2^-32, which is exact enough without floating-point numbers:
;
;     ticks for N microseconds = N * (ticks * 2^32 / microseconds) / 2^32
;
; An exit to the host takes many microseconds, RDTSC takes some nanoseconds: with a known rate it
; measures far more precisely than the port. The loop keeps the processor busy while it waits, and
; `pause` marks it as a spin loop; an operating system would halt the processor with `hlt` until a
; timer interrupt.
;
; `ticks COUNT MILLISECONDS` prints COUNT lines at this interval; the defaults are 3 and 10. `ticks
; -v` also prints the rate, and the elapsed time by the clock.
;
; /// applet
; description = "A timer loop with rdtsc"
; timeout = "70s"
; ///

bits 64
default rel

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need format_dec, arg_dec

MEASURE equ 5000                ; microseconds
LONGEST equ 60000               ; milliseconds in all

; read_ticks: the counter in rax. Clobbers rdx.
%macro read_ticks 0
    rdtsc
    shl rdx, 32
    or rax, rdx
%endmacro

start:
    cld                         ; string instructions go upwards
    in eax, ARGS                ; -v, digits, or nothing
    cmp eax, -1
    je measure
    cmp eax, '-'
    jne .count
    in eax, ARGS
    cmp eax, 'v'
    jne usage
    in eax, ARGS
    test eax, eax
    jnz usage
    mov byte [talks], 1
    in eax, ARGS
    cmp eax, -1
    je measure
.count:
    xor ebx, ebx
.digit:                         ; the first letter is taken already
    sub eax, '0'
    cmp eax, 9
    ja usage
    imul ebx, ebx, 10
    add ebx, eax
    cmp ebx, LONGEST
    ja usage
    in eax, ARGS
    test eax, eax
    jnz .digit
    mov [count], ebx
    call arg_dec
    jc usage
    cmp rax, LONGEST
    ja usage
    mov [milliseconds], eax
    mul qword [count]
    cmp rax, LONGEST
    ja usage

; The rate: rbx, rbp = clock and counter before; r12 = ticks * 2^32 / microseconds.
measure:
    in eax, CLOCK
    mov ebx, eax
    read_ticks
    mov rbp, rax
.wait:
    in eax, CLOCK
    sub eax, ebx
    cmp eax, MEASURE
    jb .wait
    mov ecx, eax                ; the microseconds that really went by
    read_ticks
    sub rax, rbp
    mov rdx, rax                ; * 2^32, as 128 bits
    shr rdx, 32
    shl rax, 32
    div rcx
    mov r12, rax

; r13 = ticks from line to line, r14 = the counter at the next one. Each line is due one interval
; after the time when the previous one was due, so errors do not add up.
    in eax, CLOCK
    mov [begin], eax
    mov eax, [milliseconds]
    imul rax, rax, 1000
    mul r12
    shrd rax, rdx, 32
    mov r13, rax
    read_ticks
    mov r14, rax
    xor ebp, ebp                ; lines
.next:
    cmp ebp, [count]
    je .done
    add r14, r13
.spin:
    pause
    read_ticks
    sub rax, r14                ; the difference, not the order: counters may go round
    js .spin
    inc ebp
    lea rdi, [text]
    mov rax, "tick "            ; five letters and three NULs
    stosq
    sub rdi, 3
    mov eax, ebp
    call format_dec
    mov byte [rdi], 10
    inc rdi
    lea rcx, [text]
    sub rdi, rcx
    write text, edi
    jmp .next

.done:
    cmp byte [talks], 0
    je .quiet
    in eax, CLOCK
    sub eax, [begin]
    lea rdi, [text]
    call format_dec
    lea rsi, [text_passed]
    call copy
    imul rax, r12, 1000
    shr rax, 32                 ; ticks a millisecond
    call format_dec
    lea rsi, [text_pace]
    call copy
    lea rcx, [text]
    sub rdi, rcx
    mov ebx, edi
    write_to WRITE_ERR, text, ebx
.quiet:
    exit 0

usage:
    warn "usage: ticks [-v] [COUNT MILLISECONDS], a minute in all at most"
    exit 2

; copy: the text at rsi, up to a NUL, to rdi.
copy:
    lodsb
    stosb
    test al, al
    jnz copy
    dec rdi
    ret

text_passed:
    db " microseconds by the clock, ", 0
text_pace:
    db " ticks a millisecond", 10, 0
talks:
    db 0
align 8
count:
    dq 3
milliseconds:
    dd 10

%include "stdlib/fmt.inc"

section .bss
begin:
    resd 1
text:
    resb 256
