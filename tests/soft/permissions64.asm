; The permissions of pages with four levels of tables: as `permissions32.asm`, with the bits of all
; four entries on a line. Each entry alone takes on all its values, and the second and the last
; together.
; /// applet
; ring = 0
; ///
bits 64
org 0x100000
%define TARGET 0x8000000000
        jmp start
%include "lab64.inc"
start:  call set_up
        mov word [abs 0x3FF000], 0x40CD ; int 0x40, where the target is
        mov ecx, 0xC0000080
        rdmsr
        bts eax, 11                     ; NXE
        wrmsr
        mov rbp, cases
.case:  xor r12d, r12d
.wp:    call line
        inc r12d
        cmp r12d, 2
        jb .wp
        add rbp, 4
        cmp rbp, cases_end
        jb .case
        xor eax, eax
        out 0xE3, al

line:   xor r13d, r13d
.digit: movzx eax, byte [rbp + r13]
        call put_hex
        inc r13d
        cmp r13d, 4
        jb .digit
        mov al, ' '
        out 0xE1, al
        mov eax, r12d
        call put_hex
        mov rax, cr0
        btr rax, 16
        test r12d, r12d
        jz .set
        bts rax, 16
.set:   mov cr0, rax
        xor r14d, r14d                  ; ring
.ring:  mov rsi, accesses
.access: call probe
        add rsi, 16
        cmp rsi, accesses_end
        jb .access
        add r14d, 3
        cmp r14d, 6
        jb .ring
        mov al, 10
        out 0xE1, al
        ret

probe:  mov al, ' '
        out 0xE1, al
        mov [rel level], r14
        xor r13d, r13d
.entry: movzx eax, byte [rbp + r13]
        mov rdi, [entries + r13 * 8]
        mov rdx, [entries + r13 * 8 + 32]
        mov ecx, eax
        and ecx, 3
        lea rdx, [rdx + rcx * 2 + 1]
        shr eax, 2
        shl rax, 63
        or rdx, rax
        mov [rdi], rdx
        inc r13d
        cmp r13d, 4
        jb .entry
        mov rax, cr3
        mov cr3, rax
        mov rax, [rsi]
        call attempt
        cmp dword [rel vector], 0x40
        je .passed
        cmp dword [rel vector], 14
        jne .odd
        mov rax, TARGET
        cmp [rel address], rax
        jne .odd
        mov eax, [rel error]
        jmp put_hex
.odd:   mov al, '?'
        out 0xE1, al
        ret
.passed:
        mov r13d, 2
.upper: mov rdi, [entries + r13 * 8]
        mov al, [rdi]
        and al, 0x60
        cmp al, 0x20
        jne .bad
        dec r13d
        jns .upper
        mov rdi, [rel entries + 24]
        mov al, [rdi]
        and al, 0x60
        cmp al, [rsi + 8]
        jne .bad
        mov al, '.'
        out 0xE1, al
        ret
.bad:   mov al, '!'
        out 0xE1, al
        ret

read:   mov rdx, TARGET
        mov al, [rdx]
        int 0x40
write:  mov rdx, TARGET
        mov byte [rdx], 0xCD
        int 0x40
run:    mov rdx, TARGET
        jmp rdx
align 8
accesses: dq read, 0x20
        dq write, 0x60
        dq run, 0x20
accesses_end:
; Where the entries are, and where they lead.
entries: dq tables + 8, second, third, last
        dq second, third, last, 0x3FF000
cases:
%assign i 0
%rep 4
%assign j 0
%rep 8
        times i db 3
        db j
        times 3 - i db 3
%assign j j + 1
%endrep
%assign i i + 1
%endrep
%assign i 0
%rep 64
        db 3, i / 8, 3, i % 8
%assign i i + 1
%endrep
cases_end:
align 16
gdt:    dq 0
        dq 0x00AF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 32-bit code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dq 0x00AFFB000000FFFF           ; 0x28 code, ring 3
        dq 0x00CF9B000000FFFF           ; 0x30 32-bit code, ring 0
        dw tss_end - tss - 1, tss - $$, 0x8910, 0, 0, 0, 0, 0 ; 0x38 task
gdtr:   dw $ - gdt - 1
        dq gdt
before:
after:  ret
align 0x1000
second: times 0x1000 db 0
third:  times 0x1000 db 0
last:   times 0x1000 db 0
