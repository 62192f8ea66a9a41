; A threaded interpreter: dictionary headers chained by macros, an inner loop, words of words.
        bits 32
        org 0x100000
%define link 0
%define F_IMMED 0x80
%macro NEXT 0
        lodsd
        jmp [eax]
%endmacro
%macro header 3
        align 4
name_%3:
        dd link
%define link name_%3
        %strlen %%length %1
        db %%length + %2, %1
        align 4
%3:
%endmacro
%macro defcode 2-3 0
        header %1, %3, %2
        dd code_%2
code_%2:
%endmacro
%macro defword 2-3 0
        header %1, %3, %2
        dd DOCOL
%endmacro
%macro defvar 2-4 0, 0
        defcode %1, %2, %4
        push dword var_%2
        NEXT
var_%2: dd %3
%endmacro
%macro defconst 3
        defcode %1, %2
        push dword %3
        NEXT
%endmacro
start:  cld
        mov ebp, return_top
        mov esi, cold
        NEXT
cold:   dd QUIT
DOCOL:  lea ebp, [ebp-4]
        mov [ebp], esi
        add eax, 4
        mov esi, eax
        NEXT
        defcode "DROP", DROP
        pop eax
        NEXT
        defcode "SWAP", SWAP
        pop eax
        pop ebx
        push eax
        push ebx
        NEXT
        defcode "DUP", DUP
        mov eax, [esp]
        push eax
        NEXT
        defcode "+", PLUS
        pop eax
        add [esp], eax
        NEXT
        defcode "*", STAR
        pop eax
        pop ebx
        imul eax, ebx
        push eax
        NEXT
        defcode "LIT", LIT
        lodsd
        push eax
        NEXT
        defcode "EXIT", EXIT
        mov esi, [ebp]
        lea ebp, [ebp+4]
        NEXT
        defcode "0BRANCH", ZBRANCH
        pop eax
        test eax, eax
        jz code_BRANCH
        lodsd
        NEXT
        defcode "BRANCH", BRANCH
        add esi, [esi]
        NEXT
        defcode "EMIT", EMIT
        pop eax
        out 0xe9, al
        NEXT
        defvar "STATE", STATE
        defvar "LATEST", LATEST, name_QUIT
        defvar "BASE", BASE, 10
        defconst "VERSION", VERSION, 47
        defword "SQUARE", SQUARE
        dd DUP, STAR, EXIT
        defword "2+", TWOPLUS, F_IMMED
        dd LIT, 2, PLUS, EXIT
        defword "COUNT", COUNTDOWN
.again: dd DUP, LIT, '0', PLUS, EMIT, LIT, -1, PLUS, DUP, ZBRANCH, .out-$
        dd BRANCH, .again-$
.out:   dd DROP, EXIT
        defword "QUIT", QUIT
        dd LIT, 9, COUNTDOWN, LIT, 7, SQUARE, EMIT, BRANCH, -4
dictionary_end: dd link
        section .bss
        alignb 4096
return_stack: resb 8192
return_top:
