; Recursion by %rmacro, %exitmacro, and a loop that a macro drives.
%rmacro count 1
        db %1
  %if %1 > 1
    %assign next%1 %1-1
        count next%1
  %endif
%endmacro
        count 9
%rmacro hanoi 4
  %if (%1) > 0
        hanoi (%1)-1, %2, %4, %3
        db %2, %3, %1
        hanoi (%1)-1, %4, %3, %2
  %endif
%endmacro
        hanoi 4, 'A', 'C', 'B'
%rmacro tail 1-*
  %if %0 == 1
        db 0xff, %1
    %exitmacro
  %endif
        db %1
        tail %{2:-1}
%endmacro
        tail 1, 2, 3, 4, 5
        tail 6
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
