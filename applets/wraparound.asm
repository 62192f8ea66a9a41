; wraparound: shows how real-mode addresses wrap at the ends of a segment and of the first MiB.
;
; An address is segment * 16 + offset. This applet tries the consequences:
;
; - A byte has many addresses. 1234:0005 and 1000:2345 are the same byte, 0x12345.
; - Within a segment addresses wrap around. bx + si with bx = 0xFFFF and si = 2 is offset 1, not
;   0x10001: sums of 16-bit registers have 16 bits. The stack pointer wraps around, too.
; - An access must not cross the end of a segment. A word at offset 0xFFFF has its second byte
;   outside. The 8086 took it from offset 0; every processor since the 286 raises exception 13, and
;   the handler here continues after the instruction.
; - Above 1 MiB there is a little more memory. FFFF:0510 is 0x100500. The 8086 had 20 address lines,
;   A0 to A19, so there it was 0x00500, and programs relied on it; PCs could force line A20 low. Here
;   A20 is enabled. Boot loaders test this as this applet does: write one address, read the other.
;
; The arguments choose from the names at `tests` below; without arguments all tests run in this
; order.
;
; /// applet
; description = "Show how real-mode addresses wrap at the end of a segment and of the first megabyte"
; ///

bits 16

%include "stdlib/io.inc"

    cld                         ; string instructions go upwards
    mov word [13 * 4], protection       ; exception 13: code segment 0, like this
    mov word [13 * 4 + 2], 0
    mov di, word_text
    call read_argument
    jc all
next_argument:
    mov bx, tests
.compare:
    cmp word [bx], 0
    je usage
    mov si, [bx]
    mov di, word_text
    mov cx, [bx + 2]
    repe cmpsb
    je .found
    add bx, 6
    jmp .compare
.found:
    call [bx + 4]
    mov di, word_text
    call read_argument
    jnc next_argument
    exit 0

all:
    mov bx, tests
.next:
    cmp word [bx], 0
    je .done
    push bx
    call [bx + 4]
    pop bx
    add bx, 6
    jmp .next
.done:
    exit 0

usage:
    warn "usage: wraparound [names | offset | stack | limit | a20]..."
    exit 2

; read_argument: the next argument to di, with its NUL. Out: CF = 1 if there is none.
; A longer argument is truncated.
read_argument:
    in ax, ARGS
    cmp ax, -1
    je .none
.store:
    mov [di], al
    cmp di, word_text + 15
    adc di, 0                   ; on, unless it is full
    test al, al
    jz .end
    in ax, ARGS
    jmp .store
.end:
    mov byte [word_text + 15], 1        ; a cut one equals no name
    clc
    ret
.none:
    stc
    ret

names:
    mov ax, 0x1234
    mov es, ax
    mov byte [es:0x0005], 42
    mov ax, 0x1000
    mov es, ax
    cmp byte [es:0x2345], 42
    jne .other
    println "1234:0005 and 1000:2345 are one byte"
    jmp restore
.other:
    println "1234:0005 and 1000:2345 are two bytes"
    jmp restore

offset:
    mov ax, 0x2000              ; a segment of nothing but this
    mov es, ax
    mov byte [es:0x0001], 'a'
    mov bx, 0xFFFF
    mov si, 2
    cmp byte [es:bx + si], 'a'
    jne .outside
    println "FFFF + 2 is offset 1"
    jmp restore
.outside:
    println "FFFF + 2 is outside the segment"
    jmp restore

stack:
    mov bp, sp                  ; ss is 0, too, and comes back below
    mov ax, 0x2000
    mov es, ax
    mov ss, ax
    xor sp, sp
    mov ax, 0xABCD
    push ax
    mov dx, sp
    xor ax, ax
    mov ss, ax
    mov sp, bp
    cmp dx, 0xFFFE
    jne .elsewhere
    cmp word [es:0xFFFE], 0xABCD
    jne .elsewhere
    println "a push with sp = 0 goes to offset FFFE"
    jmp restore
.elsewhere:
    println "a push with sp = 0 goes elsewhere"
    jmp restore

limit:
    mov ax, 0x2000
    mov es, ax
    mov byte [faults], 0
    mov bx, 0xFFFF
    mov dl, [es:bx]             ; the last byte is there
    mov dx, [es:bx]             ; the last byte and one more
behind:
    cmp byte [faults], 1
    jne .none
    println "a word at offset FFFF raises exception 13"
    jmp restore
.none:
    println "a word at offset FFFF is read"
    jmp restore

; Exception 13, on the stack: ip, cs, flags.
protection:
    push bp
    mov bp, sp
    mov word [bp + 2], behind     ; not again at the instruction that faulted
    pop bp
    inc byte [faults]
    iret

a20:
    mov ax, 0xFFFF
    mov es, ax
    mov dl, [0x0500]
    mov byte [0x0500], 1
    mov byte [es:0x0510], 2     ; 0xFFFF0 + 0x510
    cmp byte [0x0500], 1
    mov [0x0500], dl
    jne .held
    println "FFFF:0510 is behind the first megabyte: A20 is free"
    jmp restore
.held:
    println "FFFF:0510 is 0000:0500: A20 is held down"

restore:
    xor ax, ax
    mov es, ax
    ret

; entry NAME: a test by its name, with the length of that and its NUL.
%macro entry 1
    dw %%name, %%end - %%name, %1
    [section .rodata]
%%name:
    db %str(%1), 0
%%end:
    __SECT__
%endmacro
tests:
    entry names
    entry offset
    entry stack
    entry limit
    entry a20
    dw 0

section .bss
faults:
    resb 1
word_text:
    resb 16
