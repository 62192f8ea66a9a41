; forth: a Forth that reads lines and prints ok or an error for each.
;
; Forth has no grammar: a line is a list of words with spaces between them, which are executed one
; by one. A number is pushed onto the stack. A word in the dictionary is executed: it pops its
; arguments from the stack and pushes its results. `: square dup * ;` adds a new word to the
; dictionary; a program is a set of such words. Try `words`, and
;
;     : stars 0 do 42 emit loop ;   5 stars      : fac dup 1 > if dup 1- recurse * then ;   10 fac .
;
; A dictionary entry has a name and a code field, the address of the machine code that executes the
; word. The primitive words of this file have machine code of their own. A word that is defined from
; other words has the code `do_colon`, and after the code field a list of the words' addresses: a
; thread. ebx points into the thread, and `next` executes its next word:
;
;     : square dup * ;   is   ..."square" | link | length | do_colon | dup | * | exit
;
; There are two stacks. ebp points to the stack of numbers; esp is the stack of return positions in
; threads, as for `call`. edi is the running word, which error messages name. Words such as `if` are
; marked as immediate: they are executed while a definition is compiled, and they put jumps into its
; thread.
;
; Cells have 32 bits and wrap around; division rounds toward 0. Names are not case-sensitive. An
; error empties the stack, prints a message to standard error and makes the exit code 1.
;
; /// applet
; description = "A Forth: try `words`, `: square dup * ;` and `7 square .`"
; ///

bits 32

%include "stdlib/io.inc"
%include "stdlib/base.inc"
need get_line, put_char, put_bytes, flush, format_number

CELLS  equ 4096                 ; the stack's size
NESTED equ 8192                 ; the return stack's
SPACE  equ 1 << 20              ; bytes for the line and the words that are defined
LINE   equ 1 << 16              ; bytes of the longest line
LONGEST_NAME equ 63

IMMEDIATE equ 1                 ; flags: carried out within a definition
COMPILING equ 2                 ; makes sense within a definition only

; next: executes the next word of the thread.
%macro next 0
    mov edi, [ebx]
    add ebx, 4
    jmp [edi]
%endmacro

; pop_to REGISTER and push_from VALUE: the stack of numbers.
%macro pop_to 1
    mov %1, [ebp]
    add ebp, 4
%endmacro
%macro push_from 1
    sub ebp, 4
    mov dword [ebp], %1
%endmacro

; fail "text": reports an error of the running word; fail_token of the word that was read.
%macro fail 1
    mov edx, %%text
    jmp fail_word
%%text:
    db %1, 10, 0
%endmacro
%macro fail_token 1
    mov edx, %%text
    jmp fail_name
%%text:
    db %1, 10, 0
%endmacro

; The fields of a dictionary entry, relative to the address of the word:
;   -8 - length  the name      -8  the entry before, 0 at the first      -4  length of the name
;   -3           the flags      0  the code field                         4  what the code uses
; word "name", LABEL, CODE[, FLAGS]
%define latest_entry 0
%macro word_entry 3-4 0
    %strlen %%length %1
    db %1
    dd latest_entry
    db %%length, %4, 0, 0
%2:
    dd %3
    %xdefine latest_entry %2
%endmacro

; primitive "name", LABEL, TAKES, LEAVES[, FLAGS]: a word in machine code, which follows. The macro
; checks that the stack has enough numbers and room for the results.
%macro primitive 4-5 0
    word_entry %1, %2, %%code, %5
%%code:
    %if %3 > 0
        cmp ebp, stack_top - 4 * (%3)
        ja underflow
    %endif
    %if %4 > %3
        cmp ebp, stack + 4 * ((%4) - (%3))
        jb overflow
    %endif
%endmacro

; thread "name", LABEL: a word made of words, which follow.
%macro thread 2
    word_entry %1, %2, do_colon
%endmacro

    cld                         ; string instructions go upwards
    mov dword [here], free_space
    mov dword [latest], last_entry
    mov dword [base], 10
    mov ebp, stack_top

next_line:
    mov esp, return_top
    mov edi, line
    mov esi, LINE
    call get_line
    cmp eax, -1
    je end_of_input
    mov dword [source], line
    add eax, line
    mov [source_end], eax

; The outer interpreter: one word of the line after the other.
interpret:
    call read_token
    jecxz end_of_line
    call find
    test edi, edi
    jz .number
    test byte [edi - 3], IMMEDIATE
    jnz .check
    cmp byte [compiling], 0
    je .check
    mov eax, edi                ; a word within a definition becomes a part of it
    call comma
    jmp interpret
.check:
    test byte [edi - 3], COMPILING
    jz .execute
    cmp byte [compiling], 0
    je only_in_definition
.execute:
    mov ebx, .back              ; a thread that ends here
    jmp [edi]
.number:
    call read_number
    jc unknown
    cmp byte [compiling], 0
    jne .literal
    cmp ebp, stack + 4
    jb overflow_at_number
    push_from eax
    jmp interpret
.literal:
    push eax
    mov eax, literal
    call comma
    pop eax
    call comma
    jmp interpret
.back:
    dd .word
.word:
    dd interpret

end_of_line:
    mov edi, text_ok
    mov esi, text_ok_end - text_ok
    cmp byte [compiling], 0
    je .say
    mov edi, text_compiled
    mov esi, text_compiled_end - text_compiled
.say:
    call put_bytes
    jmp next_line

text_ok:
    db " ok", 10
text_ok_end:
text_compiled:
    db " compiled", 10
text_compiled_end:

end_of_input:
    call flush
    mov al, [exit_code]
    out EXIT, al

; read_token: the next word of the line. Out: esi where it is, ecx its length, 0 at the end; both
; are kept in memory too. Clobbers eax.
read_token:
    mov esi, [source]
.skip:
    cmp esi, [source_end]
    jae .begin
    cmp byte [esi], ' '
    ja .begin
    inc esi
    jmp .skip
.begin:
    mov ecx, esi
.take:
    cmp ecx, [source_end]
    jae .end
    cmp byte [ecx], ' '
    jbe .end
    inc ecx
    jmp .take
.end:
    mov [source], ecx
    sub ecx, esi
    mov [token], esi
    mov [token_length], ecx
    ret

; read_until: the text of the line up to a character, which is consumed too.
; In: al the character. Out: esi and ecx as above, after one space; CF = 1 if it is not there.
read_until:
    mov esi, [source]
    cmp esi, [source_end]
    jae .none
    inc esi                     ; the space after the word that takes the text
    mov ecx, esi
.next:
    cmp ecx, [source_end]
    jae .none
    inc ecx
    cmp al, [ecx - 1]
    jne .next
    mov [source], ecx
    dec ecx
    sub ecx, esi
    clc
    ret
.none:
    stc
    ret

; find: looks the token up. In: esi, ecx the token. Out: edi the word or 0. Clobbers eax, edx.
find:
    mov edi, [latest]
.entry:
    test edi, edi
    jz .end
    movzx eax, byte [edi - 4]
    cmp eax, ecx
    jne .other
    mov edx, edi
    sub edx, ecx
    sub edx, 8                  ; edx = the name
    push ecx
.letter:
    mov al, [esi + ecx - 1]
    call lower
    cmp al, [edx + ecx - 1]     ; the names in the dictionary are in small letters
    jne .differ
    dec ecx
    jnz .letter
.differ:
    pop ecx                     ; keeps ZF
    je .end
.other:
    mov edi, [edi - 8]
    jmp .entry
.end:
    ret

; lower: converts a letter in al to lower case.
lower:
    cmp al, 'A'
    jb .end
    cmp al, 'Z'
    ja .end
    or al, 0x20
.end:
    ret

; read_number: the token as a number in the current base; $ means base 16, and a minus may precede
; it.
; In: esi, ecx the token. Out: eax, CF = 1 if it is not a number or too large. Clobbers all but ebx,
; ebp.
read_number:
    push ebp
    mov ebp, [base]
    xor edi, edi                ; the number
    mov dl, [esi]
    cmp dl, '-'
    sete [negative]
    jne .sign_done
    inc esi
    dec ecx
    jz .wrong
.sign_done:
    cmp byte [esi], '$'
    jne .digit
    mov ebp, 16
    inc esi
    dec ecx
    jz .wrong
.digit:
    movzx eax, byte [esi]
    inc esi
    call lower
    sub al, '0'
    cmp al, 9
    jbe .value
    sub al, 'a' - '0'
    cmp al, 25
    ja .wrong
    add al, 10
.value:
    cmp eax, ebp
    jae .wrong
    push eax
    mov eax, edi
    mul ebp                     ; CF = 1 if edx is needed
    pop edx
    jc .wrong
    add eax, edx
    jc .wrong
    mov edi, eax
    dec ecx
    jnz .digit
    mov eax, edi
    pop ebp
    cmp byte [negative], 0
    je .done
    neg eax
.done:
    clc
    ret
.wrong:
    pop ebp
    stc
    ret

; comma: appends the cell eax to the dictionary. Clobbers edx.
comma:
    mov edx, [here]
    cmp edx, space_end - 4
    ja full
    mov [edx], eax
    add dword [here], 4
    ret

; Errors. An open definition is dropped, and the stacks and the line are emptied.
unknown:
    fail_token ": what is that?"
overflow_at_number:
    fail_token ": the stack is full"
only_in_definition:
    fail_token ": only within a definition"
underflow:
    fail ": the stack has too little for it"
overflow:
    fail ": the stack is full"
return_overflow:
    fail ": nested too deep"
full:
    fail_token ": the dictionary is full"
no_name:
    fail ": a name has to follow"

; fail_word: reports the word edi with the text edx; fail_name the token.
fail_word:
    movzx ecx, byte [edi - 4]
    mov esi, edi
    sub esi, ecx
    sub esi, 8
    jmp fail_with
fail_name:
    mov esi, [token]
    mov ecx, [token_length]
fail_with:
    mov esp, return_top
    mov ebp, stack_top
    call flush                  ; what was written before comes first
    in eax, WRITE_ERR
    mov esi, edx
    xor ecx, ecx
.length:
    inc ecx
    cmp byte [esi + ecx], 0
    jne .length
    in eax, WRITE_ERR
    mov byte [exit_code], 1
    cmp byte [compiling], 0
    je next_line
    mov byte [compiling], 0
    mov eax, [here_before]
    mov [here], eax
    jmp next_line

; Code for code fields, besides the code of the primitives.

; do_colon: a word made of words. `exit` restores ebx.
do_colon:
    cmp esp, returns + 256      ; room for the routines that use esp too
    jb return_overflow
    push ebx
    lea ebx, [edi + 4]
    next
; do_variable: the address of the cells after the code field. do_constant: the cell there.
do_variable:
    cmp ebp, stack + 4
    jb overflow
    lea eax, [edi + 4]
    push_from eax
    next
do_constant:
    cmp ebp, stack + 4
    jb overflow
    mov eax, [edi + 4]
    push_from eax
    next

; The dictionary. First the words that occur in threads only, not in lines.
primitive "(literal)", literal, 0, 1, COMPILING
    mov eax, [ebx]
    add ebx, 4
    push_from eax
    next
primitive "(jump)", jump, 0, 0, COMPILING
    mov ebx, [ebx]
    next
primitive "(jump-if-0)", jump_if_0, 1, 0, COMPILING
    pop_to eax
    add ebx, 4
    test eax, eax
    jnz .stay
    mov ebx, [ebx - 4]
.stay:
    next
primitive "(text)", text, 0, 2, COMPILING
    mov eax, [ebx]              ; its length, and then the text
    add ebx, 4
    push_from ebx
    push_from eax
    add ebx, eax
    next
primitive "(do)", do_begin, 2, 0, COMPILING
    add ebx, 4                  ; where the loop ends, for `?do`
begin_loop:
    pop_to eax
    pop_to edx
    cmp esp, returns + 256
    jb return_overflow
    push edx                    ; the limit, and on top the index
    push eax
    next
primitive "(?do)", do_maybe, 2, 0, COMPILING
    add ebx, 4
    mov eax, [ebp]
    cmp eax, [ebp + 4]
    jne begin_loop
    add ebp, 8
    mov ebx, [ebx - 4]
    next
primitive "(loop)", loop_end, 0, 0, COMPILING
    inc dword [esp]
    mov eax, [esp]
    cmp eax, [esp + 4]
    je loop_done
    mov ebx, [ebx]
    next
loop_done:
    add esp, 8
    add ebx, 4
    next
primitive "(+loop)", loop_end_by, 1, 0, COMPILING
    pop_to edx
    mov eax, [esp]              ; the step crosses the place before the limit if the distance
    sub eax, [esp + 4]          ; overflows once its sign is turned round
    xor eax, 0x80000000
    add [esp], edx
    add eax, edx
    jo loop_done
    mov ebx, [ebx]
    next
primitive "(leave)", leave_loop, 0, 0, COMPILING
    add esp, 8
    mov ebx, [ebx]
    next

; The stack.
primitive "dup", dup_, 1, 2
    mov eax, [ebp]
    push_from eax
    next
primitive "drop", drop_, 1, 0
    add ebp, 4
    next
primitive "swap", swap_, 2, 2
    mov eax, [ebp]
    xchg eax, [ebp + 4]
    mov [ebp], eax
    next
primitive "over", over_, 2, 3
    mov eax, [ebp + 4]
    push_from eax
    next
primitive "rot", rot_, 3, 3
    mov eax, [ebp]
    xchg eax, [ebp + 4]
    xchg eax, [ebp + 8]
    mov [ebp], eax
    next
primitive "pick", pick, 1, 1
    mov eax, [ebp]              ; 0 is the number below this one
    mov edx, stack_top
    sub edx, ebp
    shr edx, 2
    dec edx                     ; how many there are below it
    cmp eax, edx
    jae underflow
    mov eax, [ebp + 4 + eax * 4]
    mov [ebp], eax
    next
primitive "?dup", dup_unless_0, 1, 2
    mov eax, [ebp]
    test eax, eax
    jz .zero
    push_from eax
.zero:
    next
primitive "depth", depth, 0, 1
    mov eax, stack_top
    sub eax, ebp
    shr eax, 2
    push_from eax
    next
thread "nip", nip
    dd swap_, drop_, exit_
thread "tuck", tuck
    dd swap_, over_, exit_
thread "2dup", two_dup
    dd over_, over_, exit_
thread "2drop", two_drop
    dd drop_, drop_, exit_

; The return stack. A word must leave it unchanged, because it holds the return positions.
primitive ">r", to_r, 1, 0, COMPILING
    cmp esp, returns + 256
    jb return_overflow
    pop_to eax
    push eax
    next
primitive "r>", from_r, 0, 1, COMPILING
    cmp esp, return_top - 4
    jae return_underflow
    pop eax
    push_from eax
    next
return_underflow:
    fail ": the return stack is empty"
primitive "r@", copy_r, 0, 1, COMPILING
    mov eax, [esp]
    push_from eax
    next
primitive "exit", exit_, 0, 0, COMPILING
    cmp esp, return_top
    jae return_underflow
    pop ebx
    cmp ebx, interpret          ; a number that `>r` left is not a thread position
    jb lost
    cmp ebx, space_end
    jae lost
    next
lost:
    fail ": the return stack has no place to go on at"

; Arithmetic.
primitive "+", plus, 2, 1
    pop_to eax
    add [ebp], eax
    next
primitive "-", minus, 2, 1
    pop_to eax
    sub [ebp], eax
    next
primitive "*", times_, 2, 1
    pop_to eax
    imul eax, [ebp]
    mov [ebp], eax
    next
primitive "/mod", divide_mod, 2, 2
    mov ecx, [ebp]
    mov eax, [ebp + 4]
    test ecx, ecx
    jz by_zero
    cmp ecx, -1                 ; -2^31 / -1 does not fit: the CPU would raise a divide error
    je .negate
    cdq
    idiv ecx
    mov [ebp], eax
    mov [ebp + 4], edx
    next
.negate:
    neg eax
    mov [ebp], eax
    mov dword [ebp + 4], 0
    next
by_zero:
    fail ": division by zero"
thread "/", divide
    dd divide_mod, nip, exit_
thread "mod", modulo
    dd divide_mod, drop_, exit_
primitive "negate", negate, 1, 1
    neg dword [ebp]
    next
primitive "abs", absolute_value, 1, 1
    mov eax, [ebp]
    cdq                         ; edx = -1 for a negative number, else 0
    xor eax, edx
    sub eax, edx
    mov [ebp], eax
    next
primitive "min", minimum, 2, 1
    pop_to eax
    cmp [ebp], eax
    jle .keep
    mov [ebp], eax
.keep:
    next
primitive "max", maximum, 2, 1
    pop_to eax
    cmp [ebp], eax
    jge .keep
    mov [ebp], eax
.keep:
    next
primitive "1+", increment, 1, 1
    inc dword [ebp]
    next
primitive "1-", decrement, 1, 1
    dec dword [ebp]
    next
primitive "2*", double, 1, 1
    shl dword [ebp], 1
    next
primitive "2/", half, 1, 1
    sar dword [ebp], 1
    next
primitive "lshift", shift_left, 2, 1
    pop_to ecx
    shl dword [ebp], cl
    cmp ecx, 32                 ; the CPU looks at 5 bits of the count only
    jb .done
    mov dword [ebp], 0
.done:
    next
primitive "rshift", shift_right, 2, 1
    pop_to ecx
    shr dword [ebp], cl
    cmp ecx, 32
    jb .done
    mov dword [ebp], 0
.done:
    next
primitive "and", and_, 2, 1
    pop_to eax
    and [ebp], eax
    next
primitive "or", or_, 2, 1
    pop_to eax
    or [ebp], eax
    next
primitive "xor", xor_, 2, 1
    pop_to eax
    xor [ebp], eax
    next
primitive "invert", invert, 1, 1
    not dword [ebp]
    next

; Comparisons leave -1 for true, all bits set, and 0 for false.
; compare "name", LABEL, CONDITION
%macro compare 3
primitive %1, %2, 2, 1
    pop_to eax
    xor ecx, ecx
    cmp [ebp], eax
    set%3 cl
    neg ecx
    mov [ebp], ecx
    next
%endmacro
    compare "=", equal, e
    compare "<>", unequal, ne
    compare "<", less, l
    compare ">", greater, g
    compare "<=", at_most, le
    compare ">=", at_least, ge
    compare "u<", below, b
; compare_0 "name", LABEL, CONDITION
%macro compare_0 3
primitive %1, %2, 1, 1
    xor ecx, ecx
    cmp [ebp], ecx
    set%3 cl
    neg ecx
    mov [ebp], ecx
    next
%endmacro
    compare_0 "0=", equal_0, e
    compare_0 "0<", less_0, l
    compare_0 "0>", greater_0, g
word_entry "true", true, do_constant
    dd -1
word_entry "false", false, do_constant
    dd 0
word_entry "bl", blank, do_constant
    dd ' '

; Memory: only the line and the definitions are accessible, so a program cannot overwrite Forth.
; check SIZE: checks that SIZE bytes at [eax] are accessible.
%macro check 1
    cmp eax, line
    jb bad_address
    cmp eax, space_end - %1
    ja bad_address
%endmacro
primitive "@", fetch, 1, 1
    mov eax, [ebp]
    check 4
    mov eax, [eax]
    mov [ebp], eax
    next
primitive "!", store, 2, 0
    mov eax, [ebp]
    check 4
    mov edx, [ebp + 4]
    mov [eax], edx
    add ebp, 8
    next
primitive "+!", add_store, 2, 0
    mov eax, [ebp]
    check 4
    mov edx, [ebp + 4]
    add [eax], edx
    add ebp, 8
    next
primitive "c@", fetch_byte, 1, 1
    mov eax, [ebp]
    check 1
    movzx eax, byte [eax]
    mov [ebp], eax
    next
primitive "c!", store_byte, 2, 0
    mov eax, [ebp]
    check 1
    mov edx, [ebp + 4]
    mov [eax], dl
    add ebp, 8
    next
bad_address:
    fail ": this address is not the program's"
primitive "cells", cells, 1, 1
    shl dword [ebp], 2
    next
primitive "cell+", next_cell, 1, 1
    add dword [ebp], 4
    next
primitive "here", here_, 0, 1
    mov eax, [here]
    push_from eax
    next
primitive ",", comma_, 1, 0
    pop_to eax
    call comma
    next
primitive "c,", comma_byte, 1, 0
    pop_to eax
    mov edx, [here]
    cmp edx, space_end - 4
    ja full
    mov [edx], al
    inc dword [here]
    next
primitive "allot", allot, 1, 0
    pop_to eax
    mov edx, [here]
    add eax, edx
    js full
    cmp eax, free_space
    jb bad_address
    cmp eax, space_end
    ja full
    mov [here], eax
    next

; Output.
primitive "emit", emit, 1, 0
    pop_to edi
    call put_char
    next
primitive "cr", line_end, 0, 0
    mov edi, 10
    call put_char
    next
primitive "space", space, 0, 0
    mov edi, ' '
    call put_char
    next
primitive "spaces", spaces, 1, 0
    pop_to eax
.next:
    test eax, eax
    jle .done
    push eax
    mov edi, ' '
    call put_char
    pop eax
    dec eax
    jmp .next
.done:
    next
primitive "type", type, 2, 0
    mov eax, [ebp + 4]          ; address and length
    check 0
    mov edx, space_end
    sub edx, eax
    cmp [ebp], edx
    ja bad_address
    pop_to esi
    pop_to edi
    call put_bytes
    next
primitive ".", print_signed, 1, 0
    pop_to eax
    call put_signed
    next
primitive "u.", print_unsigned, 1, 0
    pop_to eax
    xor ecx, ecx
    call put_number
    next
primitive ".s", print_stack, 0, 0
    mov eax, stack_top
    sub eax, ebp
    shr eax, 2
    mov edi, '<'
    push eax
    call put_char
    pop eax
    mov edi, number
    mov ecx, 10
    xor edx, edx
    call format_number
    mov word [edi], "> "
    lea esi, [edi + 2]
    sub esi, number
    mov edi, number
    call put_bytes
    mov edi, stack_top
.cell:
    sub edi, 4
    cmp edi, ebp
    jb .done
    push edi
    mov eax, [edi]
    call put_signed
    pop edi
    jmp .cell
.done:
    next
primitive "decimal", decimal, 0, 0
    mov dword [base], 10
    next
primitive "hex", hexadecimal, 0, 0
    mov dword [base], 16
    next
primitive "words", words, 0, 0
    mov edi, [latest]
.entry:
    push edi
    movzx esi, byte [edi - 4]
    sub edi, esi
    sub edi, 8
    cmp byte [edi], '('         ; those that have no place in a line
    jne .show
    cmp esi, 1
    ja .hidden
.show:
    call put_bytes
    mov edi, ' '
    call put_char
.hidden:
    pop edi
    mov edi, [edi - 8]
    test edi, edi
    jnz .entry
    next
primitive "bye", bye, 0, 0
    jmp end_of_input

; put_signed: writes eax, signed, and a space. put_number: unsigned, after the sign cl.
put_signed:
    xor ecx, ecx
    test eax, eax
    jns put_number
    neg eax
    mov cl, '-'
put_number:
    mov ch, cl
    mov cl, [base]
    xor edx, edx
    mov edi, number
    call format_number
    mov byte [edi], ' '
    lea esi, [edi + 1]
    sub esi, number
    mov edi, number
    jmp put_bytes

; Text and comments.
primitive "\", comment_line, 0, 0, IMMEDIATE
    mov eax, [source_end]
    mov [source], eax
    next
primitive "(", comment, 0, 0, IMMEDIATE
    mov al, ')'
    call read_until
    jc unclosed
    next
unclosed:
    fail ": its end is not in this line"
primitive '."', print_text, 0, 0, IMMEDIATE
    mov al, '"'
    call read_until
    jc unclosed
    cmp byte [compiling], 0
    jne .compile
    mov edi, esi
    mov esi, ecx
    call put_bytes
    next
.compile:
    call compile_text
    mov eax, type
    call comma
    next
primitive 's"', push_text, 0, 2, IMMEDIATE
    mov al, '"'
    call read_until
    jc unclosed
    cmp byte [compiling], 0
    jne .compile
    push_from esi               ; in the line: until the next one is read
    push_from ecx
    next
.compile:
    call compile_text
    next

; compile_text: puts the text esi of length ecx into the thread. Clobbers all but ebx, ebp.
compile_text:
    mov eax, text
    call comma
    mov eax, ecx
    call comma
    mov edi, [here]
    lea eax, [edi + ecx]
    cmp eax, space_end
    ja full
    rep movsb
    mov [here], edi
    ret

primitive "char", character, 0, 1
    call read_token
    test ecx, ecx
    jz no_name
    movzx eax, byte [esi]
    push_from eax
    next
primitive "[char]", compile_character, 0, 0, IMMEDIATE | COMPILING
    call read_token
    test ecx, ecx
    jz no_name
    mov eax, literal
    call comma
    movzx eax, byte [esi]
    call comma
    next

; Definitions.
primitive ":", define, 0, 0
    cmp byte [compiling], 0
    jne nested_definition
    mov eax, do_colon
    call make_entry             ; edi = the new word
    mov [defining], edi         ; `;` will let it be found
    mov [depth_before], ebp
    mov byte [compiling], 1
    mov dword [leaves], 0
    mov dword [loops], 0
    next
nested_definition:
    fail ": the definition before it has no `;`"
primitive ";", end_definition, 0, 0, IMMEDIATE | COMPILING
    cmp ebp, [depth_before]
    jne unbalanced
    mov eax, exit_
    call comma
    mov byte [compiling], 0
    mov eax, [defining]
    mov [latest], eax
    next
unbalanced:
    fail ": an if, begin or do has no end"
primitive "recurse", recurse, 0, 0, IMMEDIATE | COMPILING
    mov eax, [defining]
    call comma
    next
primitive "immediate", immediate, 0, 0
    mov eax, [latest]
    cmp eax, free_space
    jb bad_address              ; none was defined yet
    or byte [eax - 3], IMMEDIATE
    next
primitive "variable", variable, 0, 0
    mov eax, do_variable
    call make_entry
    xor eax, eax
    call comma
    mov [latest], edi
    next
primitive "create", create, 0, 0
    mov eax, do_variable
    call make_entry
    mov [latest], edi
    next
primitive "constant", constant, 1, 0
    mov eax, do_constant
    call make_entry
    pop_to eax
    call comma
    mov [latest], edi
    next
primitive "'", tick, 0, 1
    call read_token
    test ecx, ecx
    jz no_name
    call find
    test edi, edi
    jz unknown
    push_from edi
    next
primitive "execute", execute, 1, 0
    mov edx, [latest]           ; only what is a word
.search:
    cmp edx, [ebp]
    je .found
    mov edx, [edx - 8]
    test edx, edx
    jnz .search
    fail ": this is no word"
.found:
    pop_to edi
    test byte [edi - 3], COMPILING
    jnz only_in_definition_word
    jmp [edi]
only_in_definition_word:
    fail ": only within a definition"

; make_entry: begins an entry with the code field eax and the next word of the line as its name.
; In: edi the defining word. Out: edi the new word. Clobbers all but ebx, ebp.
make_entry:
    push eax
    call read_token
    test ecx, ecx
    jz no_name
    cmp ecx, LONGEST_NAME
    ja long_name
    mov eax, [here]
    mov [here_before], eax
    lea edx, [eax + ecx + 16]
    cmp edx, space_end
    ja full
    mov edi, eax
    push ecx
.letter:
    lodsb
    call lower
    stosb
    dec ecx
    jnz .letter
    pop ecx
    mov eax, [latest]
    stosd
    mov eax, ecx                ; the length, and no flags
    stosd
    pop eax
    stosd
    mov [here], edi
    sub edi, 4
    ret
long_name:
    fail_token ": a name has 63 letters at most"

; Control. While a definition is compiled, each word leaves data for its partner on the stack: a
; position in the thread, and a tag that identifies the word.
TAG_IF    equ 0x6669            ; "if"
TAG_BEGIN equ 0x6562            ; "be"
TAG_WHILE equ 0x6877            ; "wh"
TAG_DO    equ 0x6F64            ; "do"

; expect_tag TAG: pops tag and position, or reports that the partner is missing. Out: eax the
; position.
%macro expect_tag 1
    mov eax, %1
    call take_tag
%endmacro
take_tag:
    lea edx, [ebp + 8]
    cmp edx, [depth_before]
    ja .wrong
    cmp [ebp], eax
    jne .wrong
    mov eax, [ebp + 4]
    add ebp, 8
    ret
.wrong:
    fail ": what it ends did not begin"

; leave_tag TAG: pushes eax as the position, and the tag.
%macro leave_tag 1
    cmp ebp, stack + 8
    jb overflow
    push_from eax
    push_from %1
%endmacro

; forward WORD: puts a jump with an unknown target into the thread. Out: eax the address of its
; target field.
%macro forward 1
    mov eax, %1
    call comma
    xor eax, eax
    call comma
    mov eax, [here]
    sub eax, 4
%endmacro

; land: sets the target field at eax to this position.
%macro land 0
    mov edx, [here]
    mov [eax], edx
%endmacro

primitive "if", if_, 0, 0, IMMEDIATE | COMPILING
    forward jump_if_0
    leave_tag TAG_IF
    next
primitive "else", else_, 0, 0, IMMEDIATE | COMPILING
    expect_tag TAG_IF
    push eax
    forward jump
    leave_tag TAG_IF
    pop eax
    land
    next
primitive "then", then_, 0, 0, IMMEDIATE | COMPILING
    expect_tag TAG_IF
    land
    next
primitive "begin", begin_, 0, 0, IMMEDIATE | COMPILING
    mov eax, [here]
    leave_tag TAG_BEGIN
    next
primitive "until", until_, 0, 0, IMMEDIATE | COMPILING
    expect_tag TAG_BEGIN
    push eax
    mov eax, jump_if_0
    call comma
    pop eax
    call comma
    next
primitive "again", again_, 0, 0, IMMEDIATE | COMPILING
    expect_tag TAG_BEGIN
    push eax
    mov eax, jump
    call comma
    pop eax
    call comma
    next
primitive "while", while_, 0, 0, IMMEDIATE | COMPILING
    expect_tag TAG_BEGIN
    push eax
    forward jump_if_0
    mov ecx, eax
    pop eax
    leave_tag TAG_BEGIN         ; what `repeat` jumps back to
    mov eax, ecx
    leave_tag TAG_WHILE
    next
primitive "repeat", repeat_, 0, 0, IMMEDIATE | COMPILING
    expect_tag TAG_WHILE
    push eax
    expect_tag TAG_BEGIN
    push eax
    mov eax, jump
    call comma
    pop eax
    call comma
    pop eax
    land
    next
; A loop may contain `leave` any number of times, before its end is known: these jumps form a chain,
; where each target field holds the address of the previous one.
primitive "do", do_, 0, 0, IMMEDIATE | COMPILING
    mov eax, do_begin
    jmp begin_do
primitive "?do", maybe_do, 0, 0, IMMEDIATE | COMPILING
    mov eax, do_maybe
begin_do:
    cmp ebp, stack + 12
    jb overflow
    mov edx, [leaves]
    push_from edx               ; the chain of the loop around this one
    call comma
    xor eax, eax
    call comma
    mov eax, [here]
    sub eax, 4
    mov [leaves], eax           ; for `?do`; `do` only skips it
    add eax, 4
    leave_tag TAG_DO
    inc dword [loops]
    next
primitive "loop", loop_, 0, 0, IMMEDIATE | COMPILING
    mov ecx, loop_end
    jmp end_do
primitive "+loop", plus_loop, 0, 0, IMMEDIATE | COMPILING
    mov ecx, loop_end_by
end_do:
    expect_tag TAG_DO
    push eax
    mov eax, ecx
    call comma
    pop eax
    call comma
    mov eax, [leaves]
.chain:
    test eax, eax
    jz .done
    mov ecx, [eax]
    land
    mov eax, ecx
    jmp .chain
.done:
    pop_to eax
    mov [leaves], eax
    dec dword [loops]
    next
primitive "leave", leave_, 0, 0, IMMEDIATE | COMPILING
    cmp dword [loops], 0
    je no_loop
    mov eax, leave_loop
    call comma
    mov eax, [leaves]
    call comma
    mov eax, [here]
    sub eax, 4
    mov [leaves], eax
    next
no_loop:
    fail ": there is no loop around it"
primitive "i", index, 0, 1, COMPILING
    mov eax, [esp]
    push_from eax
    next
primitive "j", outer_index, 0, 1, COMPILING
    cmp esp, return_top - 8
    jae return_underflow
    mov eax, [esp + 8]
    push_from eax
    next

last_entry equ latest_entry

%include "stdlib/stream.inc"
%include "stdlib/fmt.inc"

section .bss
alignb 4
here:                           ; the first free byte of the dictionary
    resd 1
here_before:                    ; the same before the definition that is being made
    resd 1
latest:                         ; the word defined last
    resd 1
defining:                       ; the word being defined
    resd 1
depth_before:                   ; ebp before that
    resd 1
leaves:                         ; the last `leave` of this loop
    resd 1
loops:                          ; how many loops are open
    resd 1
base:                           ; of numbers
    resd 1
source:                         ; what of the line is to come
    resd 1
source_end:
    resd 1
token:                          ; the word that was read last
    resd 1
token_length:
    resd 1
compiling:
    resb 1
negative:
    resb 1
exit_code:
    resb 1
number:
    resb 64
alignb 4
stack:                          ; grows down
    resd CELLS
stack_top:
    resd 4
returns:
    resd NESTED
return_top:
    resd 4
line:
    resb LINE
free_space:
    resb SPACE
space_end:
