; Real mode at its edges: words across the end of a segment, the stack around 0, string
; instructions and jumps around 64 KiB, what is above 1 MiB, exceptions and their return addresses,
; and instructions that real mode does not have. A line of text for each: `ok` with ax, or the
; vector and how far behind the start of the row its return address is. No error codes are pushed.
bits 16
org 0x7C00
%assign rows 0
%macro row 1
        int 0x40
%assign rows rows + 1
name_%[rows]: db %1, 0
row_%[rows]:
%endmacro

start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7000
        mov di, 0                       ; all vectors lead here
        mov cx, 0x50
        mov bx, stubs
.gate:  mov [di], bx
        mov word [di + 2], 0
        add di, 4
        add bx, 5
        loop .gate
        mov si, table
.row:   mov di, [si]
        test di, di
        jz done
        call put_text
        mov al, 9
        out 0xE1, al
        mov ax, [si + 2]
        mov [tried], ax
        push si
        mov [saved], sp
        mov sp, 0x6800
        xor bx, bx
        mov cx, bx
        mov dx, bx
        mov si, bx
        mov di, bx
        mov bp, bx
        push ax
        xor ax, ax
        ret
arrive: push cs
        pop ds
        mov [value], ax
        mov bp, sp
        mov al, [bp]                    ; the vector, and its frame
        mov [vector], al
        mov ax, [bp + 2]
        mov [where], ax
        mov ax, [bp + 4]
        mov [code_at], ax
        mov ax, [bp + 6]
        mov [flags], ax
        xor ax, ax
        mov es, ax
        mov ss, ax
        mov fs, ax
        mov gs, ax
        mov sp, [saved]
        cld
        pop si
        cmp byte [vector], 0x40
        jne .vector
        mov di, ok
        call put_text
        mov ax, [value]
        call put_hex
        jmp .next
.vector: mov al, '#'
        out 0xE1, al
        mov ah, 0
        mov al, [vector]
        call put_hex
        cmp word [code_at], 0
        jne .next
        mov al, '+'
        out 0xE1, al
        mov ax, [where]
        sub ax, [tried]
        call put_hex
.next:  mov al, 10
        out 0xE1, al
        add si, 4
        jmp start.row
done:   mov al, 0
        out 0xE3, al

put_text:
        mov al, [di]
        inc di
        test al, al
        jz .end
        out 0xE1, al
        jmp put_text
.end:   ret
put_hex:                                ; ax, four digits
        mov cx, 4
.digit: rol ax, 4
        push ax
        and al, 15
        cmp al, 10
        sbb al, 0x69
        das
        out 0xE1, al
        pop ax
        loop .digit
        ret
stubs:
%assign i 0
%rep 0x50
        push i
        jmp near arrive
%assign i i + 1
%endrep
ok:     db "ok ", 0
value:  dw 0
vector: dw 0
where:  dw 0
code_at: dw 0
flags:  dw 0
tried:  dw 0
saved:  dw 0
bounds: dw 0, 3
far_pointer: dw 5, 0x0FFF
idtr:   dw 0x3FF
        dd 0
short_idtr: dw 0x103
        dd 0

        row "a byte at 0xFFFF"
        mov byte [0xFFFF], 7
        mov al, [0xFFFF]
        row "a word at 0xFFFE"
        mov ax, [0xFFFE]
        mov ah, 0
        mov al, 0
        row "a word at 0xFFFF"
        mov ax, [0xFFFF]
        row "a word at 0xFFFF, written"
        mov [0xFFFF], ax
        row "a doubleword at 0xFFFD"
        mov eax, [0xFFFD]
        row "a word at 0xFFFF of the stack"
        mov bp, 0xFFFF
        mov ax, [bp]
        row "above 64 KiB"
        mov ebx, 0x10000
        mov al, [ebx]
        row "an index that wraps"
        mov bx, 0xFFF0
        mov si, 0x10 + value
        mov word [value], 0x1234
        mov ax, [bx + si]
        row "a 32-bit index that wraps"
        mov ebx, 0xFFFFFFF0
        mov esi, 0x10 + value
        mov word [value], 0x1234
        mov ax, [ebx + esi]
        row "a push at 0"
        mov ax, 0x2000
        mov ss, ax
        xor sp, sp
        push word 0x55
        mov ax, sp
        row "a pop at 0xFFFE"
        mov sp, 0xFFFE
        pop ax
        mov ax, sp
        row "pusha at 8"
        mov ax, 0x2000
        mov ss, ax
        mov sp, 8
        pusha
        mov ax, sp
        row "a pop at 0xFFFF"
        mov ax, 0x2000
        mov ss, ax
        mov sp, 0xFFFF
        pop ax
        row "rep movsb around 64 KiB"
        mov word [0xFFFE], 0x2211
        mov si, 0xFFFE
        mov di, scratch
        mov cx, 2
        rep movsb
        mov ax, [scratch]
        row "and where si is then"
        mov si, 0xFFFE
        mov di, scratch
        mov cx, 2
        rep movsb
        mov ax, si
        row "rep stosw to 0xFFFF"
        mov di, 0xFFFD
        mov cx, 4
        rep stosw
        row "above 1 MiB"
        mov ax, 0xFFFF
        mov es, ax
        mov word [es:0x510], 0x4321
        mov word [0x500], 0x0101
        mov ax, [es:0x510]
        row "an instruction across the end of the segment"
        mov word [0xFFFE], 0xB890       ; nop; mov ax, ...
        mov ax, 0xFFFE
        jmp ax
        row "running off the end"
        mov byte [0xFFFF], 0x90
        mov ax, 0xFFFF
        jmp ax
        row "jmp beyond 64 KiB"
        mov eax, 0x10000
        jmp eax
        row "a relative jump wraps"
        mov word [0x500], 0x40CD        ; int 0x40
        mov byte [0xFFF0], 0xE9         ; jmp near
        mov word [0xFFF1], 0x500 - 0xFFF3 & 0xFFFF
        mov ax, 0xFFF0
        jmp ax
        row "call far and retf"
        call 0:routine
        row "les"
        les ax, [far_pointer]
        mov dx, es
        add ax, dx
        row "retf to another segment"
        push word 0x700
        push word .there - 0x7000
        retf
.there: mov ax, cs
        int 0x40
        row "div by 0"
        div cl
        row "idiv of -128 by -1"
        mov ax, 0xFF80
        mov cl, 0xFF
        idiv cl
        row "int 0x21"
        int 0x21
        row "int3"
        int3
        row "into"
        mov al, 127
        inc al
        into
        row "bound"
        mov ax, 4
        bound ax, [bounds]
        row "ud2"
        ud2
        row "nop of 16 bytes"
        times 15 db 0x66
        nop
        row "lock nop"
        db 0xF0
        nop
        row "sldt ax"
        sldt ax
        row "str ax"
        str ax
        row "lar eax, ecx"
        lar eax, ecx
        row "verr cx"
        verr cx
        row "arpl ax, cx"
        arpl ax, cx
        row "lldt ax"
        lldt ax
        row "ltr ax"
        ltr ax
        row "sysenter"
        sysenter
        row "sysexit"
        sysexit
        row "smsw ax"
        smsw ax
        and ax, 1
        row "mov cr0 with PG, without PE"
        mov eax, cr0
        bts eax, 31
        mov cr0, eax
        row "rdmsr of none"
        mov ecx, 0x12345
        rdmsr
        row "cs can be written"
        mov word [cs:scratch], 0x77
        mov ax, [scratch]
        row "pushf after cli, sti"
        sti
        pushf
        cli
        pop ax
        and ax, 0x200
        row "popf of IOPL and NT"
        push word 0x7002
        popf
        pushf
        pop ax
        push word 2
        popf
        row "a vector beyond the limit of the IDT"
        lidt [short_idtr]
        int 0x41
        row "the trap flag"
        push word 0x102
        popf
        nop
        nop
        row "and after it"
        lidt [idtr]
        pushf
        pop ax
        int 0x40
        dw 0
routine: mov ax, 0x99
        retf
table:
%assign i 1
%rep rows
        dw name_%[i], row_%[i]
%assign i i + 1
%endrep
        dw 0
scratch: dw 0, 0
