; brainfuck: runs a program in the language of eight commands.
;
; The language has a row of cells, a pointer to one of them, and eight commands:
;
;     > <   one cell to the right, to the left        [   after the matching ] if the cell is 0
;     + -   one more, one less in the cell            ]   back to the matching [ if it is not
;     .     write the cell's byte                     ,   read a byte into the cell, 0 at the end
;
; Everything else is a comment. The program is the first argument, and it reads standard input.
; Without an argument the program comes from standard input, and its input follows the first `!`
; there.
;
; In real mode an address is segment * 16 + offset, and an offset has 16 bits, so one segment
; register covers 64 KiB. This applet uses four of them. ds is its own code and data, fs the
; program, gs a table with the partner of each bracket, es the cells. The cells fill a whole
; segment, so no check of its ends is needed: offset 0xFFFF is followed by 0, and the row of 65,536
; cells is a ring.
;
; Loading the program matches the brackets with the stack: `[` pushes its position, and `]` pops the
; position of its partner. Searching for the partner at run time would be far slower.
;
; /// applet
; description = "Run a brainfuck program"
; ///

bits 16

%include "stdlib/io.inc"

PROGRAM equ 0x1000              ; the segments: 64 KiB each, one after the other
PARTNER equ 0x2000
CELLS   equ 0x3000
LONGEST equ 0x7FFF              ; commands; an entry of the table has 2 bytes
DEEPEST equ 0x1000              ; how far down the stack may go while brackets are open

    mov ax, PROGRAM
    mov fs, ax
    mov ax, PARTNER
    mov gs, ax
    mov ax, CELLS
    mov es, ax

; Loading. di = how many commands there are, dx = the port they come from.
    xor di, di
    mov bp, sp                  ; the stack without an open bracket
    mov dx, ARGS
    in ax, dx
    cmp ax, -1                  ; is there an argument?
    jne have_byte
    mov dx, STDIN
next_byte:
    in ax, dx
have_byte:
    cmp ax, -1                  ; the input ends, or a NUL the argument, or `!` the program
    je loaded
    cmp al, 0
    je loaded
    cmp al, '!'
    je loaded
    cmp al, 10
    jne .search
    inc word [line]
.search:
    mov bx, 7                   ; which of the eight is it?
.compare:
    cmp al, [commands + bx]
    je .found
    dec bx
    jns .compare
    jmp next_byte
.found:
    cmp di, LONGEST
    je too_long
    mov [fs:di], bl             ; its number, so that running it need not search again
    cmp al, '['
    je .open
    cmp al, ']'
    je .close
.keep:
    inc di
    jmp next_byte
.open:
    cmp sp, DEEPEST
    jb too_deep
    push word [line]            ; for a complaint
    push di
    jmp .keep
.close:
    cmp sp, bp
    je no_open
    pop si                      ; the partner
    pop ax
    mov bx, si                  ; each learns where the other is
    add bx, bx
    mov [gs:bx], di
    mov bx, di
    add bx, bx
    mov [gs:bx], si
    jmp .keep
loaded:
    cmp sp, bp
    jne no_close
    mov byte [fs:di], END

; Running. si = the next command, di = the cell.
    xor si, si
    xor di, di
run:
    movzx bx, byte [fs:si]
    inc si
    add bx, bx                  ; an entry of the table has 2 bytes
    jmp [handlers + bx]

right:
    inc di
    jmp run
left:
    dec di
    jmp run
more:
    inc byte [es:di]
    jmp run
less:
    dec byte [es:di]
    jmp run
put:
    mov al, [es:di]
    out STDOUT, al
    jmp run
get:
    in al, STDIN
    mov [es:di], al
    jmp run
open:
    cmp byte [es:di], 0
    jne run
    jmp to_partner
close:
    cmp byte [es:di], 0
    je run
to_partner:
    mov bx, si                  ; si is one after the bracket, and its entry is 2 before bx
    add bx, bx
    mov si, [gs:bx - 2]
    inc si                      ; one after the partner
    jmp run
end:
    hlt

commands:
    db "><+-.,[]"
END equ $ - commands            ; a ninth, which is not written
handlers:
    dw right, left, more, less, put, get, open, close, end

; Error messages.
no_close:
    pop ax                      ; where the innermost open bracket is, and its line
    pop word [line]
    mov si, .text
    jmp complain
.text:
    db ": [ without ]", 10, 0
no_open:
    mov si, .text
    jmp complain
.text:
    db ": ] without [", 10, 0
too_deep:
    mov si, .text
    jmp complain
.text:
    db ": too many brackets within each other", 10, 0
too_long:
    mov si, .text
    jmp complain
.text:
    db ": more than 32767 commands", 10, 0

; complain: writes "line N" and the NUL-terminated text at si to standard error, and exits.
complain:
    mov esp, 0x7C00             ; the stack may be almost full
    xor ax, ax
    mov es, ax
    mov di, message
    movzx eax, word [line]
    push si
    call format_dec
    pop si
.copy:
    lodsb
    stosb
    test al, al
    jnz .copy
    sub di, message_start + 1   ; without the NUL
    write_to WRITE_ERR, message_start, di
    exit 1

line:
    dw 1

%include "stdlib/fmt.inc"

message_start:
    db "line "
message:
    times 64 db 0
