; paging: maps memory when it is first accessed.
;
; In long mode the processor translates every address through four tables of 512 entries each. Nine
; bits of the address select the entry in the first table, which holds the address of the second
; table, and so on. The last entry holds the address of the page, and twelve bits select the byte in
; it:
;
;     bits   47-39    38-30    29-21    20-12    11-0
;            level 4  level 3  level 2  level 1  byte
;
; An entry without the bit PRESENT ends the walk: the processor raises exception 14, the page fault,
; with the address in CR2. Operating systems use this to allocate memory on demand and to detect
; wrong accesses. Here 512 GiB of addresses have no memory at first. The handler allocates a free
; page for the address, and one for each missing table, and returns; the processor runs the
; instruction again and finds memory full of zeros.
;
; The applet adds 1 to cells all over these addresses, as many as the argument says (default 1000),
; checks them, and counts pages and tables. `paging wild` accesses an address outside, which ends
; the applet.
;
; /// applet
; description = "Map memory on demand with a page-fault handler"
; ring = 0
; memory = "64M"
; ///

bits 64
default rel

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need format_dec, format_hex

AREA     equ 1 << 39            ; the second entry of level 4: 512 GiB
STEP     equ 0x9E3779B97F4A7000 ; from cell to cell, in whole pages: it scatters well
MOST     equ 3000               ; cells: each may need a page and three tables
PRESENT  equ 1 << 0
WRITABLE equ 1 << 1
LARGE    equ 1 << 7             ; an entry of level 2 maps 2 MiB itself
CODE     equ 0x08               ; selectors, of the table below
GATE     equ 0x8E00             ; present, ring 0, 64-bit interrupt gate
PAGE_FAULT equ 14

start:
    cld                         ; string instructions go upwards
    lea rsp, [stack_top]
    lgdt [gdt_place]            ; the table to begin with is the host's, and not mapped below
    push CODE
    lea rax, [.reloaded]
    push rax
    retfq                       ; the only far jump that 64-bit code can write down
.reloaded:
    mov eax, DATA
    mov ds, eax
    mov es, eax
    mov ss, eax

; Tables: all of RAM at its own addresses, in pages of 2 MiB, and no area yet.
    lea rax, [level_3 + (PRESENT | WRITABLE)]
    mov [level_4], rax
    lea rax, [level_2 + (PRESENT | WRITABLE)]
    mov [level_3], rax
    lea rdi, [level_2]
    mov eax, PRESENT | WRITABLE | LARGE
.large:
    mov [rdi], rax
    add rdi, 8
    add eax, 1 << 21
    cmp eax, 64 << 20
    jb .large
    lea rax, [level_4]
    mov cr3, rax

    lea rax, [page_fault]
    lea rdi, [idt + PAGE_FAULT * 16]
    mov [rdi], ax
    mov dword [rdi + 2], GATE << 16 | CODE
    shr rax, 16
    mov [rdi + 6], ax
    shr rax, 16
    mov [rdi + 8], eax
    lidt [idt_place]

    lea rax, [pages]
    mov [next_page], rax
    call read_count             ; ebp = how many cells
    mov [count], ebp

; The work, which does not deal with pages.
work:
    call first_cell
.add:
    test ebp, ebp
    jz .added
    inc qword [rdi]
    call next_cell
    dec ebp
    jmp .add
.added:
    mov ebp, [count]
    call first_cell
    xor ebx, ebx                ; the sum
.check:
    test ebp, ebp
    jz .checked
    add rbx, [rdi]
    call next_cell
    dec ebp
    jmp .check
.checked:
    lea rdi, [text]
    mov eax, [count]
    lea rsi, [text_cells]
    call put_number
    mov rax, rbx
    lea rsi, [text_sum]
    call put_number
    mov rax, [faults]
    lea rsi, [text_faults]
    call put_number
    mov rax, [tables]
    lea rsi, [text_tables]
    call put_number
    lea rcx, [text]
    sub rdi, rcx
    write text, edi
    exit 0

; first_cell, next_cell: rdi = a cell of the area; rdx is what it is made from.
first_cell:
    xor edx, edx
    jmp cell
next_cell:
    mov rdi, STEP
    add rdx, rdi
cell:
    mov rdi, rdx
    shr rdi, 25                 ; the upper 39 bits
    and rdi, -8
    mov rax, AREA
    add rdi, rax
    ret

; page_fault: exception 14. On the stack: error code, rip, cs, flags, rsp, ss.
page_fault:
    push rax
    push rcx
    push rdx
    push rdi
    mov rdx, cr2                ; the address that was touched
    mov rax, rdx
    shr rax, 39
    cmp rax, 1
    jne wild
    inc qword [faults]
    lea rdi, [level_4]
    mov cl, 39                  ; where the nine bits are that choose the entry
.level:
    mov rax, rdx
    shr rax, cl
    and eax, 511
    lea rdi, [rdi + rax * 8]    ; the entry
    mov rax, [rdi]
    test al, PRESENT
    jnz .there
    call take_page
    or rax, PRESENT | WRITABLE
    mov [rdi], rax
    cmp cl, 12                  ; the page itself is no table
    je .done
    inc qword [tables]
.there:
    and rax, -4096              ; the next table's address
    mov rdi, rax
    sub cl, 9
    jmp .level
.done:
    pop rdi
    pop rdx
    pop rcx
    pop rax
    add rsp, 8                  ; the error code
    iretq                       ; to the instruction again

; take_page: a free page of memory, full of zeros like all unused RAM. Out: rax.
take_page:
    mov rax, [next_page]
    add qword [next_page], 4096
    push rcx
    lea rcx, [pages_end]
    cmp rax, rcx
    pop rcx
    jae .none
    ret
.none:
    warn "there is no page left"
    exit 1

; wild: an access outside the area. In: rdx.
wild:
    mov rax, rdx
    lea rdi, [text]
    call format_hex
    mov byte [rdi], 10
    inc rdi
    lea rcx, [text]
    sub rdi, rcx
    mov ebx, edi
    write_to WRITE_ERR, text_wild, text_wild_end - text_wild
    write_to WRITE_ERR, text, ebx
    exit 1

; read_count: how many cells, from the argument. Out: ebp.
read_count:
    in eax, ARGS
    mov ebp, 1000
    cmp eax, -1
    je .end
    xor ebp, ebp
    cmp eax, 'w'
    je .wild
.digit:
    sub eax, '0'
    cmp eax, 9
    ja usage
    imul ebp, ebp, 10
    add ebp, eax
    cmp ebp, MOST
    ja usage
    in eax, ARGS
    test eax, eax
    jnz .digit
.end:
    ret
.wild:
    mov rax, 3 << 39            ; not in the area, and nowhere else
    inc byte [rax + 5]
    ret
usage:
    warn "usage: paging [CELLS | wild], at most 3000 cells"
    exit 2

; put_number: a number and a NUL-terminated text. In: rax, rsi, rdi where to. Out: rdi after it.
put_number:
    push rsi
    call format_dec
    pop rsi
.next:
    lodsb
    stosb
    test al, al
    jnz .next
    dec rdi
    ret

text_cells:
    db " cells, sum ", 0
text_sum:
    db 10, 0
text_faults:
    db " page faults, ", 0
text_tables:
    db " tables for them", 10, 0
text_wild:
    db "nothing is meant to be at 0x"
text_wild_end:

align 8
gdt:
    dq 0
    dq 0x00AF9B000000FFFF       ; CODE: 64-bit, ring 0
DATA equ $ - gdt
    dq 0x00CF93000000FFFF
gdt_end:
gdt_place:
    dw gdt_end - gdt - 1
    dq gdt
idt_place:
    dw 256 * 16 - 1
    dq idt

%include "stdlib/fmt.inc"

section .bss
alignb 4096                     ; tables are pages
level_4:
    resb 4096
level_3:
    resb 4096
level_2:
    resb 4096
idt:
    resb 4096
    resb 4096
stack_top:
next_page:
    resq 1
faults:
    resq 1
tables:
    resq 1
count:
    resd 1
text:
    resb 256
alignb 4096
pages:
    resb 4 * MOST * 4096
pages_end:
