; %[...] indirection, macros that define macros, %macro with .nolist, counters as unique names.
%define value 5
%define index 2
%define item2 0x22
%define item5 0x55
        db item%[index], item%[value]
%xdefine name item%[index]
        db name
%macro define_getter 2
  %define val_%1 %2
  %macro get_%1 0-1 %2
        db %1
  %endmacro
%endmacro
        define_getter a, 1
        define_getter b, 2
        get_a
        get_b
        db val_a+val_b
%macro quiet 1.nolist
        db %1
%endmacro
        quiet 9
%assign uid 0
%macro unique 1
  %assign uid uid+1
%1_%[uid]: dw %1_%[uid]
%endmacro
        unique a
        unique a
        unique b
        dw a_1, a_2, b_3
%define list 1,2,3
%macro spread 1-*
        db %0
  %rep %0
        db %1
    %rotate 1
  %endrep
%endmacro
        spread list
        spread {list}
        spread list, list
%define apply(m, x) m x
        apply(quiet, 7)
%macro with_string 1
        db %1, 0
  %strlen %%l %1
        db %%l
%endmacro
        with_string "it's"
%define quote '"'
        db quote
%macro deep 1
  %ifdef set_%1
        db set_%1
  %else
    %define set_%1 77
        deep2 set_%1
  %endif
%endmacro
%macro deep2 1
        db %1, 0xff
%endmacro
        deep fresh
        deep fresh
