; prompt: reads commands and executes them, a line at a time.
;
; The commands are a table: each row has the name, the handler, and the text for `help`. A new
; command is a new row.
;
; READ gives the available input: one line from a terminal, some thousand bytes from a file. So the
; applet takes lines from a buffer: si..bp is the unused input. If it holds no whole line, the rest
; is moved to the front and more input is read after it.
;
; /// applet
; description = "Read commands and execute them (try help)"
; ///

bits 16

%include "stdlib/io.inc"

SIZE equ 0x2000                 ; the longest line

    cld                         ; string instructions go upwards
    mov si, buffer
    mov bp, si
next_line:
    push si
    print "> "
    pop si
    call read_line              ; di = the line, bx = its length, ended by a NUL
    jc end_of_input
    push si
    push bp
    call obey
    pop bp
    pop si
    jmp next_line

end_of_input:
    putc 10                     ; the prompt was not answered: end its line
    exit 0

; read_line: the next line of the input.
; In and out: si..bp the unused input.
; Out: di = the line with a NUL in place of its newline, bx = its length; CF = 1 at the end of
; input. Clobbers ax, cx.
read_line:
    mov di, si
    mov cx, bp
    sub cx, si
    jz .more
    mov al, 10
    repne scasb                 ; di = past the newline
    je .found
.more:
    mov cx, bp                  ; no whole line: move what there is to the front
    sub cx, si
    mov di, buffer
    rep movsb
    mov si, buffer
    mov bp, di
    mov cx, buffer + SIZE
    sub cx, di
    jz .found_end               ; a line as long as the buffer is cut there
    in ax, READ                 ; it takes the address in di and the length in cx
    add bp, ax
    test ax, ax
    jnz read_line
    cmp si, bp                  ; the input ended. Is there a last line without a newline?
    je .end
.found_end:
    mov di, bp
    inc di                      ; past a newline that is not there
.found:
    mov byte [di - 1], 0
    lea bx, [di - 1]
    sub bx, si
    xchg si, di
    cmp si, bp
    jbe .inside
    mov si, bp
.inside:
    clc
    ret
.end:
    stc
    ret

; obey: finds the command that the line begins with, and calls its handler.
; In: di = the line, bx = its length. Clobbers everything.
obey:
    test bx, bx
    jz .nothing
    mov si, commands
.next:
    cmp word [si + ROW_SIZE], 0
    je .unknown
    push si
    push di
    mov cx, [si + ROW_NAME]
    add si, ROW_TEXT
    repe cmpsb                  ; ZF = 1: all characters of the name are there
    mov al, [di]                ; what follows it
    mov dx, di
    pop di
    pop si
    jne .other
    cmp al, 0
    je .call
    cmp al, ' '
    je .call
.other:
    add si, [si + ROW_SIZE]
    jmp .next
.call:
    mov cx, di                  ; cx = how much of the line there is after the name
    add cx, bx
    sub cx, dx
    mov di, dx
    jmp [si + ROW_HANDLER]
.unknown:
    println "unknown command; try help"
.nothing:
    ret

; The handlers. In: di = the text after the name, cx = its length; both include the space before it.

say:
    mov si, di
    inc si                      ; without the space
    jcxz .nothing
    dec cx
    in ax, WRITE
.nothing:
    putc 10
    ret

count:
    movzx eax, cx
    test eax, eax
    jz .empty
    dec eax                     ; without the space
.empty:
    mov di, number
    call format_dec
    mov byte [di], 10
    inc di
    sub di, number
    write number, di
    ret

reverse:
    jcxz .end
    mov si, di
    inc si                      ; without the space
    dec cx
    mov di, si
    add di, cx
    push si
    push cx
.swap:
    dec di                      ; si and di go towards each other
    cmp si, di
    jae .write
    mov al, [si]
    xchg al, [di]
    mov [si], al
    inc si
    jmp .swap
.write:
    pop cx
    pop si
    in ax, WRITE
.end:
    putc 10
    ret

help:
    mov bx, commands
.next:
    cmp word [bx + ROW_SIZE], 0
    je .end
    lea si, [bx + ROW_TEXT]
    add si, [bx + ROW_NAME]
    mov cx, [bx + ROW_HELP]
    in ax, WRITE
    add bx, [bx + ROW_SIZE]
    jmp .next
.end:
    ret

quit:
    exit 0

%include "stdlib/fmt.inc"

; A row: these four words, the name, the help. A row of size 0 ends the table.
ROW_SIZE    equ 0
ROW_HANDLER equ 2
ROW_NAME    equ 4               ; length of the name
ROW_HELP    equ 6               ; length of the help
ROW_TEXT    equ 8               ; where the name begins

; command HANDLER, "name", "help"
%macro command 3
%%row:
    dw %%end - %%row, %1, %%help - %%name, %%end - %%help
%%name:
    db %2
%%help:
    db %3, 10
%%end:
%endmacro

commands:
    command say,     "say",     "say TEXT      prints the text"
    command reverse, "reverse", "reverse TEXT  prints it backwards"
    command count,   "count",   "count TEXT    prints how many bytes it has"
    command help,    "help",    "help          prints this"
    command quit,    "quit",    "quit          ends"
    dw 0

section .bss
number:
    resb 16
buffer:
    resb SIZE + 1               ; and a NUL
