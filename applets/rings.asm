; rings: a program at ring 3 that makes system calls to a kernel at ring 0.
;
; The low two bits of the code segment's selector are the current ring. At ring 0 all instructions
; are allowed; at ring 3 privileged instructions are not, and neither is access to pages of ring 0.
; `syscall` switches to ring 0 and jumps to the address that the kernel has written into the
; register LSTAR, so the kernel controls what happens there. `sysret` returns, and a kernel also
; uses it to enter ring 3 for the first time. Three more registers belong to them:
;
;     EFER.SCE   allows both instructions
;     STAR       their selectors: code 0x08 and data 0x10 at ring 0, 0x1B and 0x23 at ring 3
;     FMASK      the flags that `syscall` clears; here the direction flag
;
; `syscall` does not access memory. It stores the return address in rcx and the flags in r11, and
; rsp is still the program's, so a kernel first loads its own stack pointer.
;
; The program prints its arguments, one a line, and the ring that it and the kernel are in. The
; system calls are a table; the kernel refuses a number outside it. `rings steal` reads CR0, which
; is not allowed at ring 3: it ends with a fault that the host reports.
;
; /// applet
; description = "Enter ring 3, and handle its system calls at ring 0"
; ring = 0
; ///

bits 64
default rel

%include "stdlib/io.inc"

EFER     equ 0xC0000080         ; model-specific registers
STAR     equ 0xC0000081
LSTAR    equ 0xC0000082
FMASK    equ 0xC0000084
EFER_SCE equ 1 << 0
FLAG_DF  equ 1 << 10

; The system calls, by number in eax; rdi and rsi hold the arguments, rax the result.
CALL_EXIT  equ 0                ; rdi = the exit code
CALL_WRITE equ 1                ; rdi = where, rsi = how many; answers how many
CALL_ARGUMENT equ 2             ; answers the next byte of the arguments, or -1
CALL_RING  equ 3                ; answers the ring that the kernel is in

; write_msr NUMBER, LOW, HIGH: a model-specific register has 64 bits, in edx and eax.
%macro write_msr 3
    mov ecx, %1
    mov eax, %2
    mov edx, %3
    wrmsr
%endmacro

kernel:
    mov ecx, EFER
    rdmsr
    or eax, EFER_SCE
    wrmsr
    write_msr STAR, 0, 0x10 << 16 | 0x08        ; `sysret` adds 16 for code, 8 for data, and 3
    write_msr LSTAR, enter_kernel, 0
    write_msr FMASK, FLAG_DF, 0

    lea rcx, [program]          ; where `sysret` goes, and with which flags
    mov r11d, 0x202
    lea rsp, [program_stack]
    o64 sysret

; The target of `syscall`. `sysret` needs rcx and r11.
enter_kernel:
    mov [program_rsp], rsp
    lea rsp, [kernel_stack]
    push rcx
    push r11
    cmp eax, CALLS
    jae .refuse
    lea rcx, [calls]
    call [rcx + rax * 8]
.leave:
    pop r11
    pop rcx
    mov rsp, [program_rsp]
    o64 sysret
.refuse:
    mov rax, -1
    jmp .leave

align 8
calls:
    dq do_exit, do_write, do_argument, do_ring
CALLS equ ($ - calls) / 8

do_exit:
    mov eax, edi
    out EXIT, al
do_write:
    mov rcx, rsi                ; a kernel to be trusted would check that both are the program's
    mov rsi, rdi
    in eax, WRITE
    ret
do_argument:
    in eax, ARGS
    movsx rax, eax
    ret
do_ring:
    mov eax, cs
    and eax, 3
    ret

; The program, at ring 3. It uses no port.

; ask CALL: clobbers rax, rcx, r11.
%macro ask 1
    mov eax, %1
    syscall
%endmacro
; say "text"
%macro say 1
    jmp %%go
%%text:
    db %1
%%go:
    lea rdi, [%%text]
    mov esi, %%go - %%text
    ask CALL_WRITE
%endmacro

program:
    mov eax, cs
    and eax, 3
    add al, '0'
    mov [digit], al
    say "the program is at ring "
    call say_digit
    ask CALL_RING
    add al, '0'
    mov [digit], al
    say "the kernel is at ring "
    call say_digit
    ask 1000
    cmp rax, -1
    jne .wrong

.next_argument:
    lea rbp, [text]
.next_byte:
    ask CALL_ARGUMENT
    cmp rax, -1
    je .end
    mov [rbp], al
    test al, al
    jz .whole
    lea rcx, [text + 255]
    cmp rbp, rcx
    adc rbp, 0                  ; on, unless there is no room: the rest is left out
    jmp .next_byte
.whole:
    mov rax, "steal"            ; five letters and three NULs
    cmp [text], rax
    je steal
    mov byte [rbp], 10
    lea rdi, [text]
    lea rsi, [rbp + 1]
    sub rsi, rdi
    ask CALL_WRITE
    mov qword [text], 0
    jmp .next_argument
.end:
    xor edi, edi
    ask CALL_EXIT
.wrong:
    say `the kernel knows a call 1000\n`
    mov edi, 1
    ask CALL_EXIT

steal:
    mov rax, cr0                ; not at ring 3
    say `nobody minded\n`
    mov edi, 1
    ask CALL_EXIT

say_digit:
    lea rdi, [digit]
    mov esi, 2
    ask CALL_WRITE
    ret

digit:
    db 0, 10

section .bss
alignb 16
text:
    resb 256
    resb 4096
program_stack:
    resb 4096
kernel_stack:
program_rsp:
    resq 1
