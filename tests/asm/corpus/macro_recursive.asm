; Recursion by %rmacro, alone and last: nasm 2.16.01 loses lines after a recursive use.
        db 1, 2, 3
%rmacro count 1
        db %1
  %if %1 > 1
    %assign next%1 %1-1
        count next%1
  %endif
%endmacro
        count 9
