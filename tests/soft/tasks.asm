; Hardware task switches: by `jmp`, `call`, `iret`, task gates, an exception through a task gate;
; the busy bits, the back link, NT, CR0.TS, a task state of 16 bits, and what is wrong with a task.
; Exits with the number of the first check that fails.
; /// applet
; ring = 0
; ///
bits 32
org 0x100000
%define CODE0 0x08
%define DATA0 0x10
%define MAIN 0x18
%define OTHER 0x20
%define GATE 0x28
%define SMALL 0x30
%define HANDLER 0x38
%define BROKEN 0x40
%define OLD 0x48
%define CODE16 0x50
%define SHORT 0x58
%macro gate 4                           ; vector, handler, type, selector
        mov eax, %2
        mov [idt + %1 * 8], ax
        mov word [idt + %1 * 8 + 2], %4
        mov word [idt + %1 * 8 + 4], %3 << 8
        shr eax, 16
        mov [idt + %1 * 8 + 6], ax
%endmacro
start:  lgdt [gdtr]
        jmp CODE0:.here
.here:  mov ax, DATA0
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, main_stack
        gate 13, protection, 0x8E, CODE0
        gate 10, invalid, 0x8E, CODE0
        gate 6, 0, 0x85, HANDLER        ; #UD by a task gate
        gate 12, 0, 0x85, HANDLER       ; #SS by a task gate, with an error code
        gate 0x21, 0, 0x85, OTHER
        lidt [idtr]
        mov ax, MAIN
        ltr ax

        mov ebx, 1                      ; 1: a call, and back by iret
        mov dword [other + 32], called
        mov esi, 0x1234
        call OTHER:0
        cmp dword [count], 1
        jne fail
        cmp esi, 0x1234                 ; the registers are the old task's
        jne fail
        str ax
        cmp ax, MAIN
        jne fail
        inc ebx                         ; 2: NT, the link, the busy bits while it ran
        test dword [seen_flags], 0x4000
        jz fail
        cmp word [other], MAIN
        jne fail
        cmp word [seen_task], OTHER
        jne fail
        cmp byte [seen_busy], 0x8B      ; the caller stays busy
        jne fail
        cmp byte [seen_busy + 1], 0x8B
        jne fail
        inc ebx                         ; 3: and behind it
        cmp byte [gdt + MAIN + 5], 0x8B
        jne fail
        cmp byte [gdt + OTHER + 5], 0x89
        jne fail
        pushfd
        pop eax
        test eax, 0x4000
        jnz fail
        test dword [other + 36], 0x4000 ; NT is cleared in what iret saves
        jnz fail
        inc ebx                         ; 4: CR0.TS is set
        mov eax, cr0
        test al, 8
        jz fail
        clts
        inc ebx                         ; 5: a jump, and a jump back: one is busy at a time
        mov dword [other + 32], jumped
        jmp OTHER:0
.back:  cmp dword [count], 2
        jne fail
        cmp word [seen_busy], 0x8B89
        jne fail
        test dword [seen_flags], 0x4000
        jnz fail
        inc ebx                         ; 6: through a task gate in the GDT
        mov dword [other + 32], called
        call GATE:0x5555
        cmp dword [count], 3
        jne fail
        inc ebx                         ; 7: through a task gate in the IDT
        mov dword [other + 32], called
        int 0x21
        cmp dword [count], 4
        jne fail
        inc ebx                         ; 8: an exception without error code
        mov dword [handler + 32], handle
        mov dword [handler + 56], handler_stack
        mov dword [resume], .after8
        ud2
.after8: cmp dword [count], 5
        jne fail
        cmp dword [seen_code], 0x5A5A   ; what was on the stack: nothing is pushed
        jne fail
        cmp dword [where], .after8 - 2
        jne fail
        test dword [main + 36], 0x10000 ; RF, since it is a fault
        jz fail
        inc ebx                         ; 9: one with an error code, on the new stack
        mov dword [handler + 32], handle
        mov dword [handler + 56], handler_stack
        mov dword [resume], .after9
        mov eax, 0x60                   ; not present
        mov ss, ax
.after9: cmp dword [seen_code], 0x60
        jne fail
        cmp dword [where], .after9 - 2
        jne fail
        inc ebx                         ; 10: a task of 16 bits
        mov word [small + 14], small_code - $$
        call SMALL:0
        cmp word [small_seen], 0x7777
        jne fail
        cmp word [small + 18], 0x7778   ; its ax, saved
        jne fail
        inc ebx                         ; 11: the current task is busy: #GP
        mov dword [resume], .after11
        jmp MAIN:0
.after11: cmp dword [code], MAIN
        jne fail
        cmp dword [vector], 13
        jne fail
        cmp dword [where], .after11 - 7
        jne fail
        inc ebx                         ; 12: too short: #TS with its selector
        mov dword [resume], .after12
        call SHORT:0
.after12: cmp dword [code], SHORT
        jne fail
        cmp dword [vector], 10
        jne fail
        cmp dword [where], .after12 - 7
        jne fail
        inc ebx                         ; 13: a bad stack segment: #TS in the new task
        gate 10, 0, 0x85, HANDLER
        mov dword [handler + 32], handle_broken
        mov dword [handler + 56], handler_stack
        mov dword [resume], .after13
        mov dword [broken + 32], .never
        call BROKEN:0
.never: jmp fail
.after13: cmp dword [seen_code], CODE0
        jne fail
        cmp dword [where], .never       ; told at the new task's first instruction
        jne fail
        gate 10, invalid, 0x8E, CODE0
        inc ebx                         ; 14: iret with NT goes where the link says
        mov byte [gdt + OTHER + 5], 0x8B
        mov word [main], OTHER
        mov dword [other + 32], linked
        push dword 0x4002
        popfd
        iretd
        cmp dword [count], 0x66
        jne fail
        str ax
        cmp ax, MAIN
        jne fail
        pushfd
        pop eax
        test eax, 0x4000
        jnz fail
        mov ebx, 15                     ; 15: iret with NT to what is not busy: #TS
        mov word [main], OTHER
        mov dword [resume], .after15
        push dword 0x4002
        popfd
        iretd
.after15: cmp dword [vector], 10
        jne fail
        cmp dword [code], OTHER
        jne fail
        push dword 2
        popfd
        inc ebx                         ; 16: the trap flag of a task
        gate 1, debug, 0x8E, CODE0
        mov word [other + 100], 1
        mov dword [other + 32], called
        mov dword [other + 56], other_stack
        call OTHER:0
        cmp dword [debugged], called
        jne fail
        mov eax, dr6
        test eax, 0x8000
        jz fail
        inc ebx                         ; 17: a double fault by a task gate
        gate 8, 0, 0x85, HANDLER
        mov byte [idt + 13 * 8 + 5], 0x0E
        mov dword [handler + 32], handle
        mov dword [handler + 56], handler_stack
        mov dword [resume], .after17
        mov eax, 0x200                  ; #GP, whose gate is not present
        mov fs, ax
.after17: cmp dword [seen_code], 0
        jne fail
        cmp dword [where], .after17 - 2
        jne fail
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al

debug:  push eax
        mov eax, [esp + 4]
        mov [debugged], eax
        pop eax
        iretd

; In the other task.
called: call look
        iretd
jumped: call look
        mov dword [other + 32], 0
        jmp MAIN:0
linked: mov dword [count], 0x66
        cmp byte [gdt + MAIN + 5], 0x89
        jne fail
        jmp MAIN:0
look:   inc dword [count]
        pushfd
        pop dword [seen_flags]
        str [seen_task]
        mov al, [gdt + MAIN + 5]
        mov ah, [gdt + OTHER + 5]
        mov [seen_busy], ax
        ret

; The task of #UD and #SS: the main one goes on at `resume`.
handle: mov eax, [esp]
        mov [seen_code], eax
        inc dword [count]
        mov eax, [main + 32]
        mov [where], eax
        mov eax, [resume]
        mov [main + 32], eax
        iretd

; #TS in a task that cannot handle it: the main one goes on.
handle_broken:
        pop dword [seen_code]
        mov eax, [broken + 32]
        mov [where], eax
        mov eax, [resume]
        mov [main + 32], eax
        mov word [handler], MAIN
        iretd

protection:
        mov byte [vector], 13
        jmp fault
invalid:
        mov byte [vector], 10
fault:  pop dword [code]
        pop dword [where]
        push dword [resume]
        iretd

bits 16
small_code:
        mov word [small_seen - $$], ax
        inc ax
        iret
bits 32

align 16
gdt:    dq 0
        dq 0x00CF9B000000FFFF           ; 0x08 code
        dq 0x00CF93000000FFFF           ; 0x10 data
        dw 0x67, main - $$, 0x8910, 0   ; 0x18
        dw 0x67, other - $$, 0x8910, 0  ; 0x20
        dw 0, OTHER, 0x8500, 0          ; 0x28 a task gate
        dw 0x2B, small - $$, 0x8110, 0  ; 0x30 16 bits
        dw 0x67, handler - $$, 0x8910, 0 ; 0x38
        dw 0x67, broken - $$, 0x8910, 0 ; 0x40
        dq 0
        dw 0xFFFF, 0, 0x9B10, 0         ; 0x50 16-bit code at 0x100000
        dw 0x66, other - $$, 0x8910, 0  ; 0x58 too short
        dq 0x00CF13000000FFFF           ; 0x60 not present
        dw 0xFFFF, 0, 0x9310, 0         ; 0x68 16-bit data at 0x100000
gdtr:   dw $ - gdt - 1
        dd gdt
idtr:   dw 256 * 8 - 1
        dd idt
count:  dd 0
resume: dd 0
where:   dd 0
code:   dd 0
vector: dd 0
debugged: dd 0
seen_flags: dd 0
seen_task: dd 0
seen_busy: dd 0
seen_code: dd 0
small_seen: dw 0
%macro state 3                          ; stack, code, stack segment
        times 8 dd 0
        dd 0, 2, 0, 0, 0, 0, %1, 0, 0, 0
        dd DATA0, %2, %3, DATA0, 0, 0, 0, 0x680000
%endmacro
align 16
main:   times 0x68 db 0
other:  state other_stack, CODE0, DATA0
handler: state handler_stack, CODE0, DATA0
broken: state other_stack, CODE0, CODE0
small:  times 7 dw 0
        dw 0, 2, 0x7777, 0, 0, 0, small_stack - $$, 0, 0, 0
        dw 0x68, CODE16, 0x68, 0x68, 0
align 16
idt:    times 256 * 8 db 0
        times 0x100 db 0
other_stack:
        times 0x100 db 0
        dd 0
handler_stack: dd 0x5A5A
        times 0x100 db 0
small_stack:
        times 0x400 db 0
main_stack:
