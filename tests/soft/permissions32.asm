; The permissions of pages, with 32-bit and with PAE paging: what a read, a write and a jump at
; ring 0 and at ring 3 do, for every combination of the bits of the two entries on the way, with
; and without CR0.WP. Large pages have one entry.
;
; A line is: the kind of paging, the bits of the two entries (1 writable, 2 user, 4 no execute; `-`
; for a large page), WP, and then `.` or the error code for each access. A page fault with another
; address in CR2 shows as `?`, accessed and dirty bits that are not as they should be as `!`.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
%define TARGET 0x800000
        jmp start
%include "lab32.inc"
start:  call set_up
        mov word [0x3FF000], 0x40CD     ; int 0x40, where the target is
        mov dword [directory], 0x87
        mov dword [directory + 4], 0x400087
        mov eax, cr4
        or al, 0x10                     ; PSE
        mov cr4, eax
        mov eax, directory
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        mov dword [kind], '2   '
        mov ebp, 3
        mov dword [width], 4
        mov dword [entry], directory + TARGET / 0x400000 * 4
        call all

        mov eax, cr0
        and eax, 0x7FFFFFFF
        mov cr0, eax
        mov dword [directory], pointers_end + 1
        mov dword [directory + 4], 0
        mov dword [directory + 8], 0
        mov dword [pointers_end], 0x87
        mov dword [pointers_end + 8], 0x200087
        mov ecx, 0xC0000080
        rdmsr
        bts eax, 11                     ; NXE
        wrmsr
        mov eax, cr4
        or al, 0x20                     ; PAE
        mov cr4, eax
        mov eax, directory
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        mov dword [kind], 'PAE '
        mov ebp, 7
        mov dword [width], 8
        mov dword [entry], pointers_end + TARGET / 0x200000 * 8
        call all
        xor eax, eax
        out 0xE3, al

; All combinations of the bits in ebp.
all:    mov dword [large], 0
.kind:  mov dword [upper], 0
.upper: mov dword [lower], 0
.lower: mov dword [protect], 0
.both:  call line
        inc dword [protect]
        cmp dword [protect], 2
        jb .both
        cmp dword [large], 0
        jne .next
        inc dword [lower]
        cmp [lower], ebp
        jbe .lower
.next:  inc dword [upper]
        cmp [upper], ebp
        jbe .upper
        inc dword [large]
        cmp dword [large], 2
        jb .kind
        ret

line:   mov edi, kind
        call put_text
        mov eax, [upper]
        call put_hex
        mov al, '-'
        cmp dword [large], 0
        jne .large
        mov eax, [lower]
        call put_hex
        jmp .wp
.large: out 0xE1, al
.wp:    mov al, ' '
        out 0xE1, al
        mov eax, [protect]
        call put_hex
        mov eax, cr0
        btr eax, 16
        cmp dword [protect], 0
        je .set
        bts eax, 16
.set:   mov cr0, eax
        mov esi, accesses
.access:
        mov edx, 0
        call probe
        add esi, 8
        cmp esi, accesses_end
        jb .access
        mov esi, accesses
.outer: mov edx, 3
        call probe
        add esi, 8
        cmp esi, accesses_end
        jb .outer
        mov al, 10
        out 0xE1, al
        ret

; The access at esi, at ring edx.
probe:  mov al, ' '
        out 0xE1, al
        mov [level], edx
        ; The entries as they should be, not accessed, not dirty.
        mov edi, [entry]
        mov eax, [upper]
        mov ecx, table
        mov dword [target], TARGET
        cmp dword [large], 0
        je .small
        mov ecx, 0x80                   ; the target is at the end of the first large page
        mov dword [target], TARGET + 0x3FF000
        cmp dword [width], 8
        jne .small
        mov ecx, 0x200080               ; of 2 MiB, the second
        mov dword [target], TARGET + 0x1FF000
.small: call put_entry
        mov edi, table
        mov eax, [lower]
        mov ecx, 0x3FF000
        call put_entry
        mov eax, cr3
        mov cr3, eax
        mov eax, [esi]
        call attempt
        cmp dword [vector], 0x40
        je .passed
        cmp dword [vector], 14
        jne .odd
        mov eax, [target]
        cmp [address], eax
        jne .odd
        mov eax, [error]
        jmp put_hex
.odd:   mov al, '?'
        out 0xE1, al
        ret
.passed:
        mov edi, [entry]
        cmp dword [large], 0
        jne .last
        test byte [edi], 0x20
        jz .bad
        test byte [edi], 0x40
        jnz .bad
        mov edi, table
.last:  mov al, [edi]
        and al, 0x60
        cmp al, [esi + 4]
        jne .bad
        mov al, '.'
        out 0xE1, al
        ret
.bad:   mov al, '!'
        out 0xE1, al
        ret

; An entry at edi for address ecx with the bits of eax.
put_entry:
        mov edx, eax
        and edx, 3
        shl edx, 1
        lea edx, [edx + ecx + 1]
        mov [edi], edx
        cmp dword [width], 8
        jne .end
        and eax, 4
        shl eax, 29
        mov [edi + 4], eax
.end:   ret

before:
after:  ret
read:   mov edx, [target]
        mov al, [edx]
        int 0x40
write:  mov edx, [target]
        mov byte [edx], 0xCD
        int 0x40
run:    mov edx, [target]
        jmp edx
accesses: dd read, 0x20
        dd write, 0x60
        dd run, 0x20
accesses_end:
kind:   dd 0, 0
width:  dd 0
entry:  dd 0
large:  dd 0
upper:  dd 0
lower:  dd 0
protect: dd 0
target: dd TARGET
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
gdtr:   dw $ - gdt - 1
        dd gdt
align 0x1000
directory: times 0x1000 db 0
pointers_end: times 0x1000 db 0
table:  times 0x1000 db 0
