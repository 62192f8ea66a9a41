; PAE paging's four pointers, which count as they were when CR3 was loaded; large pages and `invlpg`;
; page faults with reserved bits; a page fault while another is delivered. Exits with the number of
; the first check that fails.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define TASK 0x28
        jmp start
%include "lab32.inc"
%macro expect 3                         ; what runs, vector, error code
        mov eax, %1
        call attempt
        cmp dword [vector], %2
        jne fail
        cmp dword [error], %3
        jne fail
%endmacro
start:  call set_up
        mov dword [0x600000], 0x66666666
        mov dword [0x700000], 0x77777777
        mov dword [0x6FF000], 0x6F6F6F6F
        mov dword [0x8FF000], 0x8F8F8F8F
        mov dword [pointers], low + 1
        mov dword [pointers + 8], second + 1
        mov dword [low], 0x83
        mov dword [low + 8], 0x200083
        mov dword [low + 16], 0x400083
        mov dword [low + 24], 0x600083
        mov dword [low + 32], 0x800083
        mov dword [second], 0x600083    ; 0x40000000
        mov dword [third], 0x800083     ; 0x40000000, by another pointer
        mov eax, cr4
        or al, 0x20
        mov cr4, eax
        mov eax, pointers
        mov cr3, eax
        mov eax, cr0
        bts eax, 31
        mov cr0, eax
        mov ebx, 1                      ; 1: by the second pointer
        cmp dword [0x40000000], 0x66666666
        jne fail
        inc ebx                         ; 2: changed in memory: it does not count, even with invlpg
        mov dword [pointers + 8], third + 1
        invlpg [0x40000000]
        cmp dword [0x40000000], 0x66666666
        jne fail
        cmp dword [0x400FF000], 0x6F6F6F6F
        jne fail
        inc ebx                         ; 3: until CR3 is loaded
        mov eax, cr3
        mov cr3, eax
        cmp dword [0x400FF000], 0x8F8F8F8F
        jne fail
        inc ebx                         ; 4: a reserved bit is #GP, and CR3 stays
        mov dword [pointers + 8], second + 3
        expect load, 13, 0
        mov eax, cr3
        cmp eax, pointers
        jne fail
        cmp dword [0x400FF000], 0x8F8F8F8F
        jne fail
        inc ebx                         ; 5: so it is where CR4 changes paging
        expect change, 13, 0
        mov dword [pointers + 8], second + 1
        inc ebx                         ; 6: a pointer that is not present: #PF
        expect read_c, 14, 0
        cmp dword [address], 0xC0000010
        jne fail
        inc ebx                         ; 7: a reserved bit of an entry (NX, which is off)
        mov dword [low + 36], 0x80000000
        invlpg [0x800000]
        expect read_8, 14, 9
        mov dword [low + 36], 0
        inc ebx                         ; 8: bits above the address
        mov dword [low + 36], 0x00100000
        expect read_8, 14, 9
        mov dword [low + 36], 0
        inc ebx                         ; 9: a large page that is not at a multiple of its size
        mov dword [low + 32], 0x802083
        expect read_8, 14, 9
        mov dword [low + 32], 0x800083
        invlpg [0x800000]
        inc ebx                         ; 10: invlpg forgets all of a large page
        mov eax, [0x800000]
        mov eax, [0x8FF000]
        mov dword [low + 32], 0x600083
        invlpg [0x800000]
        cmp dword [0x8FF000], 0x6F6F6F6F
        jne fail
        mov dword [low + 32], 0x800083
        invlpg [0x8FF000]
        cmp dword [0x800000], 0x66666666
        je fail
        inc ebx                         ; 11: a page fault whose handler's gate is on no page: #DF
        mov esi, idt
        mov edi, 0x800000 - 0x78        ; vectors 0 to 14 below, 15 and on above
        mov ecx, 0x78
        rep movsb
        lidt [split]
        mov dword [low + 32], 0
        invlpg [0x800000]
        expect high_int, 14, 0          ; int 0x20: its gate is not there
        cmp dword [address], 0x800000 - 0x78 + 0x100
        jne fail
        inc ebx                         ; 12
        mov edi, 0x800000 - 0x70        ; now vector 14 is not there either
        mov esi, idt
        mov ecx, 0x70
        rep movsb
        lidt [split2]
        expect high_int, 8, 0
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al

load:   mov eax, cr3
        mov cr3, eax
        int 0x40
change: mov eax, cr4
        xor al, 0x80                    ; PGE
        mov cr4, eax
        int 0x40
read_c: mov eax, [0xC0000010]
        int 0x40
read_8: mov eax, [0x800000]
        int 0x40
high_int: int 0x20
        int 0x40
before:
after:  ret
align 4
split:  dw 0x7FF
        dd 0x800000 - 0x78
split2: dw 0x7FF
        dd 0x800000 - 0x70
        row "none"
        nop
        rows_end table
align 16
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code, ring 0
        dq 0x00CF93000000FFFF           ; 0x10 data, ring 0
        dq 0x00CFFB000000FFFF           ; 0x18 code, ring 3
        dq 0x00CFF3000000FFFF           ; 0x20 data, ring 3
        dw tss_end - tss - 1, tss - $$, 0x8910, 0x0000 ; 0x28 task
gdtr:   dw $ - gdt - 1
        dd gdt
align 0x1000
pointers: times 0x1000 db 0
low:    times 0x1000 db 0
second: times 0x1000 db 0
third:  times 0x1000 db 0
