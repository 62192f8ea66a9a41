; rle: compresses standard input by counting repeated bytes, or with -d decompresses it.
;
; Run-length coding is the simplest compression: eighty spaces become the count eighty and one
; space. The format is PackBits of the Macintosh, which TIFF still uses. It is a sequence of
; packets, each beginning with one byte N:
;
;     0 to 127      N + 1 bytes follow that are taken as they are
;     129 to 255    one byte follows that is repeated 257 - N times
;     128           nothing
;
; `repe scasb` finds how long a run is: it compares bytes with al until one differs. A run of two
; bytes gets no packet of its own, which would save nothing. The input is processed in blocks of
; 8192 bytes, and no packet crosses the end of a block.
;
; /// applet
; description = "Run-length encode as PackBits, or with -d decode"
; timeout = "none"
; ///

bits 16

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option

SIZE    equ 0x2000              ; bytes of the input at a time
LONGEST equ 128                 ; bytes that a packet stands for, at most
WORTH   equ 3                   ; the length from which on a run has a packet of its own

    call get_option
    cmp ax, -1
    je encode
    cmp al, 'd'
    jne usage
    call get_option
    cmp ax, -1
    je decode
usage:
    warn "usage: rle [-d]"
    exit 2

; Encoding. bp = the end of the block, si = the position in it, di = the end of the packets.
encode:
    mov di, input
    mov cx, SIZE
fill:                           ; until the block is full or the input ends
    in ax, READ
    add di, ax
    sub cx, ax
    jz full
    test ax, ax
    jnz fill
full:
    mov bp, di
    mov si, input
    mov di, output
    cmp bp, si
    je finish
next_packet:
    cmp si, bp
    jae block_done
    call run_length             ; cx
    cmp cx, WORTH
    jb literals
    mov ax, 257
    sub ax, cx
    stosb
    mov al, [si]
    stosb
    add si, cx
    jmp next_packet

literals:                       ; up to the next run, the end of the block, or the longest packet
    mov bx, si                  ; bx = the first of them
    mov dx, LONGEST
next_literal:
    inc si
    dec dx
    jz literals_end
    cmp si, bp
    jae literals_end
    call run_length
    cmp cx, WORTH
    jb next_literal
literals_end:
    mov cx, si
    sub cx, bx
    mov al, cl
    dec al
    stosb
    mov si, bx
    rep movsb
    jmp next_packet

block_done:
    sub di, output
    write output, di
    jmp encode

finish:
    exit 0

; run_length: how many equal bytes there are at si, at most LONGEST.
; In: bp the end of the block. Out: cx. Clobbers ax.
run_length:
    push di
    mov cx, bp
    sub cx, si
    cmp cx, LONGEST
    jbe .known
    mov cx, LONGEST
.known:
    mov ax, cx                  ; ah = 0: it is at most LONGEST
    push ax
    mov al, [si]
    mov di, si
    repe scasb                  ; cx = how many are left after the one that differs
    pop ax
    je .all
    inc cx                      ; and that one is not of the run
.all:
    sub ax, cx
    mov cx, ax
    pop di
    ret

; Decoding. si..bp is the unused input, di = the end of the output.
decode:
    mov si, input
    mov bp, input
    mov di, output
next_code:
    cmp di, output + SIZE       ; room for one more packet is always after it
    jb room
    call flush
room:
    mov cx, LONGEST + 1         ; the longest packet there can be
    call want
    cmp si, bp
    je end_of_input
    xor cx, cx
    lodsb
    mov cl, al
    cmp al, 128
    je next_code
    ja repeat
    inc cx
    mov ax, bp
    sub ax, si
    cmp ax, cx
    jb cut_off
    rep movsb
    jmp next_code
repeat:
    cmp si, bp
    je cut_off
    neg cx
    add cx, 257
    lodsb
    rep stosb
    jmp next_code

end_of_input:
    call flush
    exit 0

cut_off:
    call flush
    warn "the input ends within a packet"
    exit 1

; want: reads until cx bytes of input are available, or the input ends. Clobbers ax, cx; keeps di.
want:
    mov ax, bp
    sub ax, si
    cmp ax, cx
    jae .end
    push di
    mov cx, ax                  ; what there is moves to the front
    mov di, input
    rep movsb
    mov si, input
    mov bp, di
.read:
    mov di, bp
    mov cx, input + SIZE
    sub cx, di
    in ax, READ
    add bp, ax
    test ax, ax
    jz .done
    mov cx, bp
    sub cx, si
    cmp cx, LONGEST + 1
    jb .read
.done:
    pop di
.end:
    ret

; flush: writes the output. Out: di = output. Clobbers ax, cx; keeps si.
flush:
    push si
    sub di, output
    write output, di
    mov di, output
    pop si
    ret

%include "stdlib/option.inc"

section .bss
input:
    resb SIZE
output:
    resb SIZE + SIZE / LONGEST + LONGEST
