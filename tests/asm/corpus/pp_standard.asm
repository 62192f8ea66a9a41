; The standard macros whose values do not depend on the day or the machine, old and new names.
        db __?NASM_MAJOR?__, __?NASM_MINOR?__ & 0, __NASM_MAJOR__
%ifdef __?NASM_VERSION_ID?__
        db "id"
%endif
%if __?NASM_VERSION_ID?__ >= 0x02000000
        db "2+"
%endif
%ifdef __?NASM_VER?__
        db "ver"
%endif
%ifidn __?OUTPUT_FORMAT?__, bin
        db "bin"
%endif
%ifidn __OUTPUT_FORMAT__, bin
        db "bin"
%endif
        db __?BITS?__
        bits 32
        db __?BITS?__, __BITS__
%if __?BITS?__ == 32
        mov eax, ebx
%endif
        bits 64
        db __?BITS?__
        db __?LINE?__, __LINE__
%macro line 0
        db __?LINE?__
%endmacro
        line
        line
        db __?FILE?__
        db __?PASS?__ & 0
%ifdef __?DATE?__
        db "date"
%endif
%ifdef __?UTC_TIME?__
        db "time"
%endif
%ifdef __?POSIX_TIME?__
        db "posix"
%endif
%ifndef __?USE_ALTREG?__
        db "no altreg"
%endif
%use altreg
%ifdef __?USE_ALTREG?__
        db "altreg"
%endif
%line 100+1 other.asm
        db __?LINE?__
        db __?LINE?__
%line 7
        db __?LINE?__
%ifdef __?SECT?__
        db "sect"
%endif
