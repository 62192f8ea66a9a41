; 32-bit paging: accessed and dirty bits, every kind of page fault with its error code, WP, large
; pages. Exits with the number of the first check that fails.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
directory equ 0x300000
table   equ 0x301000                    ; the first 4 MiB
other   equ 0x302000                    ; 0x800000 to 0xBFFFFF
start:  mov esp, 0x200000
        mov edi, directory
        xor eax, eax
        mov ecx, 0x3000 / 4
        rep stosd
        mov dword [directory], table + 7
        mov dword [directory + 4], 0x400087      ; a large page
        mov dword [directory + 8], other + 7
        mov dword [directory + 0xFFC], host + 3
        mov edi, table
        mov eax, 7
.fill:  mov [edi], eax
        add eax, 0x1000
        add edi, 4
        cmp edi, table + 0x1000
        jb .fill
        mov ecx, 16                     ; the host's area stays where it is
        mov edi, host + 0x300 * 4
        mov eax, 0xFFF00003
.host:  mov [edi], eax
        add eax, 0x1000
        add edi, 4
        loop .host
        mov dword [other], 0x310007              ; 0x800000: all
        mov dword [other + 4], 0x311005          ; 0x801000: read only
        mov dword [other + 8], 0x312003          ; 0x802000: ring 0 only
        mov eax, handler
        mov [idt + 14 * 8], ax
        mov dword [idt + 14 * 8 + 2], 0x8E000008
        shr eax, 16
        mov [idt + 14 * 8 + 6], ax
        mov dword [idt + 14 * 8 + 2], 0x00000008
        mov word [idt + 14 * 8 + 4], 0x8E00
        lidt [idtr]
        mov eax, cr4
        or eax, 0x10
        mov cr4, eax
        mov eax, directory
        mov cr3, eax
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        jmp .on
.on:
        mov ebx, 1                      ; 1: a read sets the accessed bit, a write the dirty bit
        mov eax, [0x800000]
        mov eax, [other]
        and eax, 0x60
        cmp eax, 0x20
        jne fail
        mov dword [0x800004], 0x1234
        mov eax, [other]
        and eax, 0x60
        cmp eax, 0x60
        jne fail
        cmp dword [0x310004], 0x1234
        jne fail
        inc ebx                         ; 2: not present, read
        mov dword [resume], .p2
        mov eax, [0x803210]
        jmp fail
.p2:    cmp dword [code], 0
        jne fail
        cmp dword [address], 0x803210
        jne fail
        inc ebx                         ; 3: not present, written
        mov dword [resume], .p3
        mov [0x803000], eax
        jmp fail
.p3:    cmp dword [code], 2
        jne fail
        inc ebx                         ; 4: ring 0 may write to read-only pages without WP
        mov dword [0x801000], 5
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        mov dword [resume], .p4
        mov dword [0x801000], 6
        jmp fail
.p4:    cmp dword [code], 3
        jne fail
        cmp dword [0x311000], 5
        jne fail
        inc ebx                         ; 5: across two pages, the second not there: nothing is written
        mov dword [0x311FFC], 0
        mov dword [other + 8], 0
        invlpg [0x802000]
        mov dword [other + 4], 0x311007
        invlpg [0x801000]
        mov dword [resume], .p5
        mov dword [0x801FFE], -1
        jmp fail
.p5:    cmp dword [address], 0x802000
        jne fail
        cmp dword [0x311FFC], 0
        jne fail
        inc ebx                         ; 6: a large page
        mov dword [0x400010], 0x77
        mov eax, [directory + 4]
        and eax, 0x60
        cmp eax, 0x60
        jne fail
        inc ebx                         ; 7: another page at the same address, code too
        mov dword [other], 0x313007
        mov dword [other + 4], 0x314007
        invlpg [0x800000]
        invlpg [0x801000]
        mov dword [0x313000], 0xC301B0   ; mov al, 1; ret
        mov dword [0x314000], 0xC302B0   ; mov al, 2; ret
        mov edx, 0x800000
        call edx
        cmp al, 1
        jne fail
        mov dword [other], 0x314007
        invlpg [0x800000]
        call edx
        cmp al, 2
        jne fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al
handler: pop dword [code]
        mov eax, cr2
        mov [address], eax
        mov eax, [resume]
        mov [esp], eax
        iretd
resume: dd 0
code:   dd 0
address: dd 0
idtr:   dw 0x7FF
        dd idt
align 8
idt:    times 0x800 db 0
align 0x1000
host:   times 0x1000 db 0
