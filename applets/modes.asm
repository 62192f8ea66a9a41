; modes: switches from real mode to protected mode to long mode, and prints a line in each.
;
; A PC's processor starts in the real mode of the 8086 of 1978, and an operating system has to
; switch it to the later modes. Each step needs a table in memory and a bit in a control register:
;
;     real -> protected    a GDT, which says what each segment is; then CR0.PE = 1
;     protected -> long    page tables, which map all addresses to themselves; then CR4.PAE = 1,
;                          EFER.LME = 1, and CR0.PG = 1
;
; The bit alone changes little: the processor continues with the segments it has loaded. A far jump
; loads the code segment from the GDT, and its descriptor sets the width of the code. So after each
; jump the source has a `bits` line: the assembler does not know the mode of the processor.
;
; The argument says where to stop: real, protected or long, which is the default. Interrupts would
; need a table in each mode; there are none here.
;
; /// applet
; description = "Go from real to protected to long mode by hand"
; ///

bits 16

%include "stdlib/io.inc"

CR0_PE   equ 1 << 0             ; protection enable
CR0_PG   equ 1 << 31            ; paging
CR4_PAE  equ 1 << 5             ; page-table entries of 8 bytes, which long mode needs
EFER     equ 0xC0000080         ; a model-specific register
EFER_LME equ 1 << 8             ; long mode enable
EFER_LMA equ 1 << 10            ; long mode active: the processor's answer

; The page tables, in unused memory below this code: one page each.
LEVEL_4  equ 0x1000
LEVEL_3  equ 0x2000
LEVEL_2  equ 0x3000
PRESENT  equ 1 << 0
WRITABLE equ 1 << 1
LARGE    equ 1 << 7             ; an entry of level 2 maps 2 MiB itself

; report "text": writes the text, the mode bits, and the size of a push, which shows the real mode.
; The same source serves 16-, 32- and 64-bit code.
%macro report 1
    %if __BITS__ == 16
        mov bx, sp
        push ax
        sub bx, sp
        pop ax
        mov eax, cr0
    %elif __BITS__ == 32
        mov ebx, esp
        push eax
        sub ebx, esp
        pop eax
        mov eax, cr0
    %else
        mov rbx, rsp
        push rax
        sub rbx, rsp
        pop rax
        mov rax, cr0
    %endif
    add bl, '0'
    mov [%%push], bl
    bt eax, 0
    adc byte [%%pe], 0          ; '0' and the carry flag
    bt eax, 31
    adc byte [%%pg], 0
    mov ecx, EFER
    rdmsr
    bt eax, 10
    adc byte [%%lma], 0
    write %%text, %%end - %%text
    jmp %%end
%%text:
    db %1, ": CR0.PE "
%%pe:
    db "0, CR0.PG "
%%pg:
    db "0, EFER.LMA "
%%lma:
    db "0, a push takes "
%%push:
    db "0 bytes", 10
%%end:
%endmacro

    in al, ARGS                 ; the first letter of the argument is enough, 0 without one
    mov [stop], al
    cmp al, 0
    je begin
    cmp al, 'r'
    je begin
    cmp al, 'p'
    je begin
    cmp al, 'l'
    je begin
    warn "usage: modes [real | protected | long]"
    exit 2
begin:
    report "real mode"
    cmp byte [stop], 'r'
    je done_16

    cli                         ; no interrupt may come between the modes
    lgdt [gdt_place]
    mov eax, cr0
    or eax, CR0_PE
    mov cr0, eax
    jmp CODE_32:protected       ; 16-bit code still, but this jump looks into the GDT
done_16:
    exit 0

bits 32
protected:
    mov ax, DATA                ; the other segment registers still mean what they did in real mode
    mov ds, ax
    mov es, ax
    mov ss, ax
    movzx esp, sp               ; the upper half was not in use

    report "protected mode"
    cmp byte [stop], 'p'
    je done_32

    mov edi, LEVEL_4            ; three pages of zeros, and one entry in each
    xor eax, eax
    mov ecx, 3 * 4096 / 4
    cld
    rep stosd
    mov dword [LEVEL_4], LEVEL_3 | PRESENT | WRITABLE
    mov dword [LEVEL_3], LEVEL_2 | PRESENT | WRITABLE
    mov dword [LEVEL_2], 0 | PRESENT | WRITABLE | LARGE

    mov eax, cr4
    or eax, CR4_PAE
    mov cr4, eax
    mov eax, LEVEL_4
    mov cr3, eax
    mov ecx, EFER
    rdmsr
    or eax, EFER_LME
    wrmsr
    mov eax, cr0
    or eax, CR0_PG              ; long mode is on, and runs the 32-bit code here as such
    mov cr0, eax
    jmp CODE_64:long_mode
done_32:
    exit 0

bits 64
long_mode:
    report "long mode"
    exit 0

; The GDT: 8 bytes a segment; the offset of an entry is its selector. Base 0 and limit 4 GiB in all
; of them, so a segment does not change an address; only the type differs (SDM volume 3, 3.4.5).
; descriptor TYPE, FLAGS
%macro descriptor 2
    dw 0xFFFF                   ; limit, bits 0 to 15
    dw 0                        ; base, bits 0 to 15
    db 0                        ; base, bits 16 to 23
    db %1
    db %2 | 0xF                 ; and limit, bits 16 to 19
    db 0                        ; base, bits 24 to 31
%endmacro
SEGMENT_CODE equ 0x9B           ; present, ring 0, code, readable
SEGMENT_DATA equ 0x93           ; present, ring 0, data, writable
SEGMENT_32   equ 0xC0           ; the limit counts pages of 4 KiB, and code is 32-bit
SEGMENT_64   equ 0xA0           ; the same, and code is 64-bit

align 8
gdt:
    dq 0                        ; no segment has the number 0
CODE_32 equ $ - gdt
    descriptor SEGMENT_CODE, SEGMENT_32
CODE_64 equ $ - gdt
    descriptor SEGMENT_CODE, SEGMENT_64
DATA equ $ - gdt
    descriptor SEGMENT_DATA, SEGMENT_32
gdt_end:
gdt_place:
    dw gdt_end - gdt - 1
    dd gdt
stop:
    db 0
