; cpuid: prints the name and the features of the processor.
;
; The instruction CPUID takes a leaf number in eax, and for some leaves a subleaf in ecx. It returns
; its result in eax, ebx, ecx and edx. Leaf 0 gives the vendor, twelve letters in ebx, edx and ecx,
; and the highest leaf; leaf 1 gives family, model and stepping. The extended leaves begin at
; 0x80000000. Most other results are feature bits: a program that uses AVX must test bit 28 of ecx
; of leaf 1 first. The table below lists the bits.
;
; Without arguments the applet prints everything. An argument is the name of a feature: the applet
; prints whether the processor has it, and the exit code is 1 if it lacks one.
;
; /// applet
; description = "Print the name and the features of the processor"
; ///

bits 64
default rel

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need format_dec

OUTPUT equ 1 << 12

start:
    cld                         ; string instructions go upwards
    lea r15, [output]           ; r15 = where the next byte goes
    xor r14d, r14d              ; r14 = the exit code
    call read_argument
    jc report

; Arguments: each is looked up.
next_argument:
    lea rbx, [features]
.compare:
    cmp byte [rbx + feature.name], 0
    je unknown
    lea rsi, [rbx + feature.name]
    lea rdi, [argument]
    mov ecx, NAME
    repe cmpsb
    je .found
    add rbx, feature_size
    jmp .compare
.found:
    call put_name
    mov al, ' '
    call put
    call has
    jc .yes
    mov r14d, 1
    lea rsi, [text_no]
    jmp .say
.yes:
    lea rsi, [text_yes]
.say:
    call put_text
    call read_argument
    jnc next_argument
    jmp finish

unknown:
    call flush
    warn "usage: cpuid [FEATURE]..., as sse2; without one it prints those that are there"
    exit 2

; The whole report.
report:
    xor eax, eax
    call leaf
    lea rsi, [text_maker]
    call put_text
    mov eax, [answer.ebx]
    call put_four
    mov eax, [answer.edx]
    call put_four
    mov eax, [answer.ecx]
    call put_four

    mov eax, 0x80000000         ; is there a name in words?
    call leaf
    cmp dword [answer.eax], 0x80000004
    jb .no_words
    lea rsi, [text_model]
    call put_text
    mov ebp, 0x80000002         ; three leaves of 16 letters
.words:
    mov eax, ebp
    call leaf
    lea rsi, [answer]
    call put_letters
    inc ebp
    cmp ebp, 0x80000004
    jbe .words
.no_words:

    mov eax, 1
    call leaf
    mov ebx, [answer.eax]
    lea rsi, [text_family]
    call put_text
    mov eax, ebx
    shr eax, 8
    and eax, 0xF
    cmp eax, 0xF                ; the largest: more is in the extended family
    jne .family
    mov ecx, ebx
    shr ecx, 20
    and ecx, 0xFF
    add eax, ecx
.family:
    call put_number
    lea rsi, [text_number]
    call put_text
    mov eax, ebx
    shr eax, 4
    and eax, 0xF
    mov ecx, ebx
    shr ecx, 12                 ; the extended model, above these four bits
    and ecx, 0xF0
    or eax, ecx
    call put_number
    lea rsi, [text_stepping]
    call put_text
    mov eax, ebx
    and eax, 0xF
    call put_number

    lea rsi, [text_features]
    call put_text
    lea rbx, [features]
.feature:
    call has
    jnc .skip
    mov al, ' '
    call put
    call put_name
.skip:
    add rbx, feature_size
    cmp byte [rbx + feature.name], 0
    jne .feature
    mov al, 10
    call put

finish:
    call flush
    mov eax, r14d
    out EXIT, al

; has: whether the processor has a feature. In: rbx its row. Out: CF. Clobbers rax, rcx, rdx.
has:
    mov eax, [rbx + feature.leaf]
    mov ecx, eax
    and ecx, 0x80000000         ; the first leaf of its row answers with the last
    push rax
    mov eax, ecx
    call leaf
    pop rax
    cmp [answer.eax], eax
    jb .no
    call leaf
    movzx eax, byte [rbx + feature.register]
    movzx ecx, byte [rbx + feature.bit]
    lea rdx, [answer]
    mov eax, [rdx + rax]
    bt eax, ecx
    ret
.no:
    clc
    ret

; leaf: asks for leaf eax, subleaf 0. Out: answer. Clobbers rax, rcx, rdx.
leaf:
    push rbx                    ; CPUID overwrites it, and it is not ours
    xor ecx, ecx
    cpuid
    mov [answer.eax], eax
    mov [answer.ebx], ebx
    mov [answer.ecx], ecx
    mov [answer.edx], edx
    pop rbx
    ret

; read_argument: the next argument, padded with NULs. Out: CF = 1 if there is none.
read_argument:
    mov qword [argument], 0
    mov qword [argument + 8], 0
    xor ecx, ecx
    in eax, ARGS
    cmp eax, -1
    je .none
.store:
    lea rdx, [argument]
    mov [rdx + rcx], al
    cmp ecx, NAME - 1
    adc ecx, 0                  ; on, unless it is full: then no name equals it
    test eax, eax
    jz .end
    in eax, ARGS
    jmp .store
.end:
    clc
    ret
.none:
    stc
    ret

; Output. They clobber rax, rcx, rdx, rsi, rdi.
put_name:                       ; the name of the row rbx
    lea rsi, [rbx + feature.name]
put_text:                       ; the text at rsi, up to a NUL
    lodsb
    test al, al
    jz put.done
    call put
    jmp put_text
put_letters:                    ; 16 letters at rsi, without NULs
    mov ecx, 16
.next:
    lodsb
    test al, al
    jz .skip
    call put
.skip:
    dec ecx
    jnz .next
    ret
put_four:                       ; the four letters in eax
    mov [r15], eax
    add r15, 4
    ret
put_number:                     ; eax in decimal
    mov rdi, r15
    call format_dec
    mov r15, rdi
    ret
put:
    mov [r15], al
    inc r15
    lea rax, [output + OUTPUT]
    cmp r15, rax
    jb .done
    push rcx
    push rsi
    call flush
    pop rsi
    pop rcx
.done:
    ret
flush:
    lea rsi, [output]
    mov rcx, r15
    sub rcx, rsi
    mov r15, rsi
    in eax, WRITE
    ret

text_yes:
    db "yes", 10, 0
text_no:
    db "no", 10, 0
text_maker:
    db "maker ", 0
text_model:
    db 10, "model ", 0
text_family:
    db 10, "family ", 0
text_number:
    db ", model ", 0
text_stepping:
    db ", stepping ", 0
text_features:
    db 10, "features", 0

NAME equ 16                     ; letters, the NUL included
struc feature
    .leaf:     resd 1
    .register: resb 1
    .bit:      resb 1
    .name:     resb NAME
endstruc

IN_EBX equ 4                    ; where in an answer the register is
IN_ECX equ 8
IN_EDX equ 12

; a_bit LEAF, REGISTER, BIT, "name"
%macro a_bit 4
    istruc feature
        at .leaf, dd %1
        at .register, db %2
        at .bit, db %3
        at .name, db %4
    iend
%endmacro
features:
    a_bit 1, IN_EDX, 0, "fpu"
    a_bit 1, IN_EDX, 4, "tsc"
    a_bit 1, IN_EDX, 5, "msr"
    a_bit 1, IN_EDX, 6, "pae"
    a_bit 1, IN_EDX, 8, "cx8"
    a_bit 1, IN_EDX, 15, "cmov"
    a_bit 1, IN_EDX, 23, "mmx"
    a_bit 1, IN_EDX, 24, "fxsr"
    a_bit 1, IN_EDX, 25, "sse"
    a_bit 1, IN_EDX, 26, "sse2"
    a_bit 1, IN_ECX, 0, "sse3"
    a_bit 1, IN_ECX, 1, "pclmulqdq"
    a_bit 1, IN_ECX, 9, "ssse3"
    a_bit 1, IN_ECX, 12, "fma"
    a_bit 1, IN_ECX, 13, "cx16"
    a_bit 1, IN_ECX, 19, "sse4.1"
    a_bit 1, IN_ECX, 20, "sse4.2"
    a_bit 1, IN_ECX, 22, "movbe"
    a_bit 1, IN_ECX, 23, "popcnt"
    a_bit 1, IN_ECX, 25, "aes"
    a_bit 1, IN_ECX, 28, "avx"
    a_bit 1, IN_ECX, 29, "f16c"
    a_bit 1, IN_ECX, 30, "rdrand"
    a_bit 1, IN_ECX, 31, "hypervisor"
    a_bit 7, IN_EBX, 3, "bmi1"
    a_bit 7, IN_EBX, 5, "avx2"
    a_bit 7, IN_EBX, 8, "bmi2"
    a_bit 7, IN_EBX, 9, "erms"
    a_bit 7, IN_EBX, 16, "avx512f"
    a_bit 7, IN_EBX, 18, "rdseed"
    a_bit 7, IN_EBX, 19, "adx"
    a_bit 7, IN_EBX, 29, "sha"
    a_bit 0x80000001, IN_ECX, 5, "lzcnt"
    a_bit 0x80000001, IN_EDX, 11, "syscall"
    a_bit 0x80000001, IN_EDX, 20, "nx"
    a_bit 0x80000001, IN_EDX, 26, "1g-pages"
    a_bit 0x80000001, IN_EDX, 27, "rdtscp"
    a_bit 0x80000001, IN_EDX, 29, "lm"
    times feature_size db 0

%include "stdlib/fmt.inc"

section .bss
alignb 16
answer:                         ; of the leaf asked for last
.eax:
    resd 1
.ebx:
    resd 1
.ecx:
    resd 1
.edx:
    resd 1
argument:
    resb NAME
output:
    resb OUTPUT + 64            ; numbers are written without a look at the end
