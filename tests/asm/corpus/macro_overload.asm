; Macros overloaded by the number of parameters, macros named as instructions, %unmacro.
%macro put 0
        db 0x00
%endmacro
%macro put 1
        db 0x10, %1
%endmacro
%macro put 2
        db 0x20, %1, %2
%endmacro
%macro put 3-5
        db 0x30+%0
%endmacro
        put
        put 1
        put 1, 2
        put 1, 2, 3
        put 1, 2, 3, 4, 5
%unmacro put 2
%macro put 2
        db 0x21, %2, %1
%endmacro
        put 1, 2
        put
; push and pop of many registers, with the instruction kept for one
        bits 32
%macro push 2-*
  %rep %0
        push %1
    %rotate 1
  %endrep
%endmacro
%macro pop 2-*
  %rep %0
    %rotate -1
        pop %1
  %endrep
%endmacro
        push eax, ebx, ecx
        push edx
        pop eax, ebx, ecx
        pop edx
; a macro that hides the instruction of its own name and uses it inside
%macro mov 3
        mov %1, %2
        mov %2, %3
%endmacro
        mov eax, ebx, ecx
        mov eax, ebx
%imacro Shout 1
        db %1
%endmacro
        SHOUT 1
        shout 2
        sHoUt 3
