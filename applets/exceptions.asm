; exceptions: raises four exceptions on purpose and handles them with its own interrupt table.
;
; When the processor cannot complete an instruction, it raises an exception. It reads the entry for
; the exception's number in the interrupt descriptor table (IDT), pushes the flags, the code
; segment, the instruction's address and for some numbers an error code, and jumps to the handler.
; `iret` returns. An entry has 8 bytes: the handler's address in two halves, its segment, and the
; type of the gate. `lidt` loads the address of the table.
;
; Most exceptions are faults: the address on the stack is that of the instruction itself, so a
; handler can remove the cause and run the instruction again. The handler here records what happened
; and replaces the address on the stack by the address where the test continues. A breakpoint is a
; trap: its address is already that of the next instruction.
;
; The arguments choose: divide, breakpoint, opcode, segment; without arguments, all four. A fifth,
; service, is not an error: `int 0x30` calls its handler, as programs call an operating system.
;
; /// applet
; description = "Raise exceptions and handle them with an IDT"
; ///

bits 32

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need format_dec, format_hex

IDT    equ 0x8000               ; 256 entries of 8 bytes, in unused memory
GATE   equ 0x8E00               ; present, ring 0, 32-bit interrupt gate
CODE   equ 0x08                 ; the code segment that applets begin with

; set_gate NUMBER, HANDLER. Clobbers eax.
%macro set_gate 2
    mov eax, %2
    mov [IDT + (%1) * 8], ax
    shr eax, 16
    mov [IDT + (%1) * 8 + 6], ax
    mov dword [IDT + (%1) * 8 + 2], GATE << 16 | CODE
%endmacro

    cld                         ; string instructions go upwards
    set_gate 0, handle_0
    set_gate 3, handle_3
    set_gate 6, handle_6
    set_gate 13, handle_13
    set_gate 0x30, handle_service
    lidt [idt_place]

    mov edi, text
    call read_argument
    jc all
next_argument:
    mov ebx, tests
.compare:
    cmp dword [ebx], 0
    je usage
    mov esi, [ebx]
    mov edi, text
    mov ecx, [ebx + 4]
    repe cmpsb
    je .found
    add ebx, 12
    jmp .compare
.found:
    call [ebx + 8]
    mov edi, text
    call read_argument
    jnc next_argument
    exit 0

all:
    call divide
    call breakpoint
    call opcode
    call segment_
    exit 0

usage:
    warn "usage: exceptions [divide | breakpoint | opcode | segment | service]..."
    exit 2

; read_argument: the next argument to edi, with its NUL. Out: CF = 1 if there is none.
read_argument:
    in eax, ARGS
    cmp eax, -1
    je .none
.store:
    mov [edi], al
    cmp edi, text + 15
    adc edi, 0                  ; on, unless it is full
    test al, al
    jz .end
    in eax, ARGS
    jmp .store
.end:
    mov byte [text + 15], 1     ; one that was cut equals no name
    clc
    ret
.none:
    stc
    ret

; The tests. Each stores where to continue before it raises its exception.
divide:
    mov dword [resume], .behind
    xor edx, edx
    mov eax, 7
    xor ecx, ecx
    div ecx
    print "not raised: "
.behind:
    println "divide error"
    ret

breakpoint:
    mov dword [resume], 0       ; a trap: `iret` returns to the next instruction
    int3
    println "breakpoint"
    ret

opcode:
    mov dword [resume], .behind
    ud2                         ; the one that is sure never to mean anything
    print "not raised: "
.behind:
    println "invalid opcode"
    ret

segment_:
    mov dword [resume], .behind
    mov eax, 0x1238             ; far beyond the end of the GDT
    mov fs, eax
    print "not raised: "
.behind:
    println "general protection"
    ret

service:
    mov eax, 6
    mov edx, 7
    int 0x30
    mov edi, text
    call format_dec
    mov byte [edi], 10
    lea ecx, [edi + 1]
    sub ecx, text
    write text, ecx
    ret

; The handlers. For exceptions without an error code, a 0 is pushed, so one routine serves all. On
; the stack, from the top: eax, number, error code, eip, cs, eflags.
%macro handler 2
handle_%1:
    %if %2 == 0
        push dword 0
    %endif
    push dword %1
    jmp handle
%endmacro
    handler 0, 0
    handler 3, 0
    handler 6, 0
    handler 13, 1
handle:
    push eax
    push ecx
    push edx
    push esi
    push edi
    print "exception "
    mov edi, text
    mov eax, [esp + 20]
    call format_dec
    mov eax, " err"             ; four characters in one store
    stosd
    mov eax, "or 0"
    stosd
    mov al, 'x'
    stosb
    mov eax, [esp + 24]
    call format_hex
    mov ax, ": "
    stosw
    mov ecx, edi
    sub ecx, text
    write text, ecx
    mov eax, [resume]
    test eax, eax
    jz .same
    mov [esp + 28], eax
.same:
    pop edi
    pop esi
    pop edx
    pop ecx
    pop eax
    add esp, 8                  ; the number and the error code
    iret

; The service: the product of eax and edx, in eax.
handle_service:
    imul eax, edx
    iret

; entry "name", ROUTINE
%macro entry 2
    dd %%name, %%end - %%name, %2
    [section .rodata]
%%name:
    db %1, 0
%%end:
    __SECT__
%endmacro
tests:
    entry "divide", divide
    entry "breakpoint", breakpoint
    entry "opcode", opcode
    entry "segment", segment_
    entry "service", service
    dd 0
idt_place:
    dw 256 * 8 - 1
    dd IDT

%include "stdlib/fmt.inc"

section .bss
resume:                         ; where to continue, or 0 for the address on the stack
    resd 1
text:
    resb 64
