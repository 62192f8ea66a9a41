; %exitmacro inside conditions, %exitrep inside a macro, and factorials by a macro's loop.
%macro early 1
        db %1
  %if %1 > 2
    %exitmacro
    db "not reached"
  %else
        db 0
  %endif
        db 0xee
%endmacro
        early 1
        early 3
%macro inrep 0
  %rep 5
        db 1
    %exitrep
        db 7
  %endrep
        db 2
%endmacro
        inrep
%macro fact 2
  %assign %1 1
  %assign %%k 1
  %rep %2
    %assign %1 %1 * %%k
    %assign %%k %%k + 1
  %endrep
%endmacro
        fact f, 10
        dd f
