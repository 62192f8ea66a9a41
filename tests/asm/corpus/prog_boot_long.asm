; A boot sector that goes from real through protected to long mode and prints at each step.
        org 0x7c00
        bits 16
%define CODE32 gdt.code32-gdt
%define DATA32 gdt.data-gdt
%define CODE64 gdt.code64-gdt
PML4    equ 0x1000
PDPT    equ 0x2000
PD      equ 0x3000
start:  jmp 0x0000:.flush
.flush: xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, start
        cld
        mov si, text.real
        call print
        in al, 0x92
        or al, 2
        and al, ~1
        out 0x92, al
        mov ax, 0x2401
        int 0x15
        cli
        lgdt [gdt.pointer]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp CODE32:protected
print:  lodsb
        or al, al
        jz .end
        mov ah, 0x0e
        mov bx, 0x0007
        int 0x10
        jmp print
.end:   ret
        bits 32
protected:
        mov ax, DATA32
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, 0x7c00
        mov edi, PML4
        mov cr3, edi
        xor eax, eax
        mov ecx, 0x3000 / 4
        rep stosd
        mov dword [PML4], PDPT | 3
        mov dword [PDPT], PD | 3
        mov edi, PD
        mov eax, 0x83
        mov ecx, 512
.page:  mov [edi], eax
        add eax, 0x200000
        add edi, 8
        loop .page
        mov eax, cr4
        or eax, 1 << 5
        mov cr4, eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 1 << 8
        wrmsr
        mov eax, cr0
        or eax, 1 << 31
        mov cr0, eax
        jmp CODE64:long_mode
        bits 64
long_mode:
        mov rdi, 0xb8000
        mov rax, 0x1f6c1f6f1f6e1f67
        mov [rdi], rax
        lea rsi, [rel text.long]
        mov ecx, text.long_end - text.long
        mov dx, 0xe9
        rep outsb
.halt:  hlt
        jmp .halt
        align 8
gdt:    dq 0
.code32: dw 0xffff, 0
        db 0, 10011010b, 11001111b, 0
.data:  dw 0xffff, 0
        db 0, 10010010b, 11001111b, 0
.code64: dq (1<<43) | (1<<44) | (1<<47) | (1<<53)
.pointer:
        dw $ - gdt - 1
        dd gdt
text:
.real:  db "real", 13, 10, 0
.long:  db "long", 10
.long_end:
%if $ - $$ > 510
  %error "the boot sector is full"
%endif
        times 510-($-$$) db 0
        dw 0xaa55
