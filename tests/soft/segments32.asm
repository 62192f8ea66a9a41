; The limits of segments: reads and writes of 1, 2 and 4 bytes, through ds and through ss, at
; offsets around each limit, for data that grows up and down and for code, with 16 and 32 bits,
; counted in bytes and in pages.
;
; A line is: the type of the descriptor, B, G, its limit, the register, the access, and a letter for
; each offset: `.`, or `G` or `S` for #GP(0) or #SS(0). `-` where the register does not take the
; segment: #GP with its selector.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
%define TESTED 0x33
%define ENTRY 0x30
        jmp start
%include "lab32.inc"
start:  call set_up
        mov dword [level], 3            ; so that a handler has another stack
        mov esi, kinds
.kind:  mov edi, limits
.limit: mov al, [esi]
        mov [kind], al
        mov al, [esi + 1]
        mov [big], al
        mov al, [edi + 4]
        mov [granular], al
        mov eax, [edi]
        mov [limit], eax
        call descriptor
        push esi
        push edi
        mov esi, by_ds
        call register
        mov esi, by_ss
        call register
        pop edi
        pop esi
        add edi, 8
        cmp edi, limits_end
        jb .limit
        add esi, 2
        cmp esi, kinds_end
        jb .kind
        xor eax, eax
        out 0xE3, al

; The descriptor in the GDT: base 0x200000.
descriptor:
        mov eax, [limit]
        mov [gdt + ENTRY], ax
        shr eax, 16
        mov ah, [granular]
        shl ah, 1
        or ah, [big]
        shl ah, 6
        or al, ah
        mov [gdt + ENTRY + 6], al
        mov al, [kind]
        or al, 0xF1
        mov [gdt + ENTRY + 5], al
        mov dword [gdt + ENTRY + 2], 0x200000
        mov [gdt + ENTRY + 5], al
        ret

head:   movzx eax, byte [kind]
        call put_hex
        mov al, ' '
        out 0xE1, al
        movzx eax, byte [big]
        call put_hex
        mov al, ' '
        out 0xE1, al
        movzx eax, byte [granular]
        call put_hex
        mov al, ' '
        out 0xE1, al
        mov eax, [limit]
        call put_hex
        mov al, ' '
        out 0xE1, al
        mov edi, esi
        call put_text
        mov al, ' '
        out 0xE1, al
        ret

; All accesses by the register at esi: its name, the test of a load, the accesses.
register:
        mov eax, [esi + 4]
        call attempt
        cmp dword [vector], 0x40
        je .loads
        call head
        mov al, '-'
        cmp dword [vector], 13
        jne .odd
        cmp dword [error], ENTRY
        je .put
.odd:   mov al, '?'
.put:   out 0xE1, al
        mov al, 10
        out 0xE1, al
        ret
.loads: mov edx, 8
.access:
        call head
        mov edi, accesses - 8
        add edi, edx
        call put_text
        mov al, ' '
        out 0xE1, al
        mov ebx, offsets
.offset: mov eax, [ebx]
        mov [offset], eax
        mov eax, [esi + edx]
        call attempt
        mov al, '.'
        cmp dword [vector], 0x40
        je .cell
        mov al, '?'
        cmp dword [error], 0
        jne .cell
        cmp dword [vector], 13
        jne .stack
        mov al, 'G'
.stack: cmp dword [vector], 12
        jne .cell
        mov al, 'S'
.cell:  out 0xE1, al
        add ebx, 4
        cmp ebx, offsets_end
        jb .offset
        mov al, 10
        out 0xE1, al
        add edx, 4
        cmp edx, 32
        jb .access
        ret

%macro tries 1                          ; register
load_%1: mov eax, TESTED
        mov %1, eax
        jmp back
%assign n 1
%rep 3
%if n == 1
%define %%to al
%elif n == 2
%define %%to ax
%else
%define %%to eax
%endif
read_%1_%[n]: mov ebx, [offset]
        mov eax, TESTED
        mov %1, eax
        mov %%to, [%1:ebx]
        jmp back
write_%1_%[n]: mov ebx, [offset]
        mov eax, TESTED
        mov %1, eax
        mov [%1:ebx], %%to
        jmp back
%assign n n * 2
%endrep
%endmacro
        tries ds
        tries ss
; Home with a stack that is one.
back:   mov ecx, DATA3
        mov ss, ecx
        mov esp, user_stack
        int 0x40
align 4
by_ds:  db "ds", 0, 0
        dd load_ds, read_ds_1, write_ds_1, read_ds_2, write_ds_2, read_ds_4, write_ds_4
by_ss:  db "ss", 0, 0
        dd load_ss, read_ss_1, write_ss_1, read_ss_2, write_ss_2, read_ss_4, write_ss_4
accesses: db "r1", 0, 0, "w1", 0, 0, "r2", 0, 0, "w2", 0, 0, "r4", 0, 0, "w4", 0, 0
kinds:  db 0, 0, 0, 1, 2, 0, 2, 1, 4, 0, 4, 1, 6, 0, 6, 1, 8, 0, 8, 1, 10, 0, 10, 1
kinds_end:
limits: dd 0, 0, 0xFFF, 0, 0xFFFF, 0, 0x10FFF, 0, 0, 1, 0x10, 1, 0xFFFEE, 1
limits_end:
offsets:
%assign i 0
%rep 5
        dd i
%assign i i + 1
%endrep
%assign i 0
%rep 5
        dd 0xFFF + i
%assign i i + 1
%endrep
%assign i 0
%rep 5
        dd 0xFFFF + i
%assign i i + 1
%endrep
%assign i 0
%rep 5
        dd 0x10FFF + i
%assign i i + 1
%endrep
        dd 0xFFFEEFFD, 0xFFFEEFFF, 0xFFFEF000, 0xFFFFFFF0
offsets_end:
kind:   db 0
big:    db 0
granular: db 0
align 4
limit:  dd 0
offset: dd 0
before:
after:  ret
align 16
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
        dq 0                            ; 0x30 the segment that is tested
gdtr:   dw $ - gdt - 1
        dd gdt
