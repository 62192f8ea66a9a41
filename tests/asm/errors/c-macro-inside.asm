; A mistake inside a macro: the use and the definition are both of interest.
        bits 32
%macro copy 2
        mov eax, %1
        mov %2, al
        mov ebx, undefined_inside
%endmacro
%macro outer 1
        copy %1, ecx
%endmacro
        copy [esi], [edi]
        outer 5
        copy bl, dl
