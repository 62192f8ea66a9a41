; A macro used under a wrong name.
%macro print_char 1
        mov al, %1
%endmacro
        bits 16
        print_chr 'a'
