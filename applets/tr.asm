; tr: replaces the characters of one set by those of another, or deletes them, or squeezes them.
;
; The arguments are turned into a table before the first byte is read: the new value of each of the
; 256 bytes. XLAT, an instruction of the 8086, looks up al in the table at bx. A second table marks
; the bytes to delete, and a third the bytes to squeeze.
;
; A set is written as characters, ranges as a-z, classes as [:digit:], and escapes: \n \t \r \a \b
; \f \v \\ and \ with three octal digits. If the second set is shorter, its last character is
; repeated. -d deletes the first set, -s replaces a run of a character of the last set by one, -c
; uses all characters that are not in the first set.
;
; /// applet
; description = "Translate, delete or squeeze characters"
; timeout = "none"
; ///

bits 16

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option

SIZE  equ 0x4000                ; bytes of the input at a time
WHOLE equ 0x1000                ; the most characters that a set can have, ranges written out

next_option:
    call get_option
    cmp ax, -1
    je options_end
    test ax, ax
    jz operand
    mov bx, deletes
    cmp al, 'd'
    je switch_on
    mov bx, squeezes
    cmp al, 's'
    je switch_on
    mov bx, complements
    cmp al, 'c'
    jne usage
switch_on:
    mov byte [bx], 1
    jmp next_option
operand:
    mov byte [option_plain], 1  ; no options follow it: a set may begin with -
    mov si, di
    mov di, first
    cmp word [first_end], 0
    je expand
    mov di, second
    cmp word [second_end], 0
    jne usage
expand:
    push di
    call expand_set
    pop bx
    cmp bx, first
    jne second_set
    mov [first_end], di
    jmp next_option
second_set:
    mov [second_end], di
    jmp next_option

usage:
    warn "usage: tr [-c] [-d] [-s] SET [SET]"
    exit 2
bad_set:
    warn "this is no set of characters"
    exit 2
empty_second:
    warn "the second set must not be empty"
    exit 2

options_end:
    cmp word [first_end], 0
    je usage
    cmp byte [complements], 0
    je sets_known
    call complement
sets_known:
    call check_sets
    call make_tables

; bx = the table for XLAT, dx = the byte before, or -1
    mov bx, becomes
    mov dx, -1
next_buffer:
    mov di, input
    mov cx, SIZE
    in ax, READ
    test ax, ax
    jz done
    mov cx, ax
    mov si, input
    mov di, input               ; never more comes out than goes in
    xor ax, ax
next_byte:
    lodsb
    mov bp, ax
    cmp byte [is_deleted + bp], 0
    jne gone
    xlatb
    cmp ax, dx
    je same_again
keep:
    mov dx, ax
    stosb
gone:
    dec cx
    jnz next_byte
    sub di, input
    write input, di
    jmp next_buffer
same_again:
    mov bp, ax
    cmp byte [is_squeezed + bp], 0
    je keep
    jmp gone

done:
    exit 0

; check_sets: whether the number of sets fits the options.
check_sets:
    mov al, [deletes]
    mov ah, [squeezes]
    cmp word [second_end], 0
    je .one
    cmp ax, 0x0001              ; to delete only takes one set
    je usage
    cmp word [second_end], second
    je empty_second
    ret
.one:
    cmp ax, 0x0001
    je .good
    cmp ax, 0x0100              ; so does to squeeze only
    jne usage
.good:
    ret

; make_tables: makes the three tables. Clobbers all registers but sp.
make_tables:
    xor bx, bx
.itself:
    mov [becomes + bx], bl
    inc bl
    jnz .itself
    mov di, is_deleted
    mov si, first
    mov cx, [first_end]
    cmp byte [deletes], 0
    jne .mark
    cmp word [second_end], 0
    je .squeeze
    call pair_sets
    jmp .squeeze
.mark:
    call mark_set
.squeeze:
    cmp byte [squeezes], 0
    je .end
    mov di, is_squeezed
    mov si, first
    mov cx, [first_end]
    cmp word [second_end], 0
    je mark_set
    mov si, second
    mov cx, [second_end]
    jmp mark_set
.end:
    ret

; mark_set: 1 in the table di for each character from si up to cx. Clobbers ax, bx, si.
mark_set:
    cmp si, cx
    jae .end
    xor ax, ax
    lodsb
    mov bx, ax
    mov byte [di + bx], 1
    jmp mark_set
.end:
    ret

; pair_sets: maps each character of the first set to the one at the same position in the second.
; Clobbers ax, bx, si, di.
pair_sets:
    mov si, first
    mov di, second
.next:
    cmp si, [first_end]
    jae .end
    xor ax, ax
    lodsb
    mov bx, ax
    mov al, [di]
    mov [becomes + bx], al
    inc di
    cmp di, [second_end]
    jb .next
    dec di                      ; the last one again
    jmp .next
.end:
    ret

; complement: replaces the first set by all characters that are not in it. Clobbers all registers.
complement:
    mov di, is_squeezed         ; a table that is free still
    mov si, first
    mov cx, [first_end]
    call mark_set
    mov di, first
    xor bx, bx
.next:
    mov al, bl
    cmp byte [is_squeezed + bx], 0
    mov byte [is_squeezed + bx], 0
    jne .in_it
    stosb
.in_it:
    inc bl
    jnz .next
    mov [first_end], di
    ret

; expand_set: writes the characters of a set one by one.
; In: si its text, di where to. Out: di after the last. Clobbers ax, bx, cx, dx, si, bp.
expand_set:
    lea dx, [di + WHOLE - 256]  ; room for one more part
.next:
    cmp di, dx
    ja bad_set
    cmp byte [si], 0
    je .end
    cmp word [si], "[:"
    je .class
.character:
    call take_character
    cmp byte [si], '-'          ; a range, unless nothing is after it
    jne .store
    cmp byte [si + 1], 0
    je .store
    inc si
    mov cl, al
    call take_character
    cmp cl, al
    ja bad_set
.range:
    mov [di], cl
    inc di
    inc cl
    jz .next                    ; 255 was the last
    cmp cl, al
    jbe .range
    jmp .next
.store:
    stosb
    jmp .next
.end:
    ret

.class:                         ; the names, each with its ranges and a NUL
    mov bx, classes
.name:
    mov cx, si
.compare:
    mov al, [bx]
    inc bx
    test al, al
    jz .found
    cmp al, [si]
    jne .another
    inc si
    jmp .compare
.another:
    mov si, cx
    call .skip                  ; the rest of the name, and its ranges
    call .skip_ranges
    cmp byte [bx], 0
    jne .name
    mov bx, si                  ; is it a class that there is none of, or just a bracket?
.end_of_class:
    inc bx
    cmp byte [bx], 0
    je .character
    cmp word [bx], ":]"
    jne .end_of_class
    jmp bad_set
.found:
    mov cx, [bx]                ; cl to ch
    cmp ch, 0
    je .next
    add bx, 2
.class_range:
    mov [di], cl
    inc di
    inc cl
    cmp cl, ch
    jbe .class_range
    jmp .found
.skip:
    inc bx
    cmp byte [bx - 1], 0
    jne .skip
    ret
.skip_ranges:
    add bx, 2
    cmp byte [bx - 1], 0
    jne .skip_ranges
    ret

; take_character: one character, which may be escaped. In: si. Out: al, si after it. Clobbers bx,
; ah.
take_character:
    lodsb
    cmp al, '\'
    jne .end
    cmp byte [si], 0            ; a backslash at the end is one
    je .end
    lodsb
    mov bx, escapes
.next:
    cmp byte [bx], 0
    je .octal
    cmp [bx], al
    je .found
    add bx, 2
    jmp .next
.found:
    mov al, [bx + 1]
    ret
.octal:                         ; up to three digits
    sub al, '0'
    cmp al, 7
    ja .itself
    mov bx, 2
.digit:
    mov ah, [si]
    sub ah, '0'
    cmp ah, 7
    ja .end
    cmp al, 0o40
    jae .end                    ; another digit does not fit into a byte
    inc si
    shl al, 3
    add al, ah
    dec bx
    jnz .digit
    ret
.itself:
    add al, '0'
.end:
    ret

escapes:
    db 'n', 10, 't', 9, 'r', 13, 'a', 7, 'b', 8, 'f', 12, 'v', 11, '\', '\', 0

; classes: a name and a NUL, then ranges from a first to a last byte, ended by two NULs.
classes:
    db "[:alnum:]", 0, "09AZaz", 0, 0
    db "[:alpha:]", 0, "AZaz", 0, 0
    db "[:blank:]", 0, 9, 9, "  ", 0, 0
    db "[:cntrl:]", 0, 0, 31, 127, 127, 0, 0
    db "[:digit:]", 0, "09", 0, 0
    db "[:graph:]", 0, "!~", 0, 0
    db "[:lower:]", 0, "az", 0, 0
    db "[:print:]", 0, " ~", 0, 0
    db "[:punct:]", 0, "!/:@[`{~", 0, 0
    db "[:space:]", 0, 9, 13, "  ", 0, 0
    db "[:upper:]", 0, "AZ", 0, 0
    db "[:xdigit:]", 0, "09AFaf", 0, 0
    db 0

%include "stdlib/option.inc"

section .bss
deletes:
    resb 1
squeezes:
    resb 1
complements:
    resb 1
    alignb 2
first_end:
    resw 1                      ; 0: the set is not given
second_end:
    resw 1
becomes:
    resb 256
is_deleted:
    resb 256
is_squeezed:
    resb 256
first:
    resb WHOLE
second:
    resb WHOLE
input:
    resb SIZE
