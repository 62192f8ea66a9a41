; %rotate both ways, by expressions, past the end, and %{-1:-1} for the last one.
%macro list 1-*
        db %0
  %rep %0
        db %1
    %rotate 1
  %endrep
%endmacro
%macro backwards 1-*
  %rep %0
    %rotate -1
        db %1
  %endrep
%endmacro
%macro pairs 2-*
  %rep %0/2
        dw %1
        db %2
    %rotate 2
  %endrep
%endmacro
%macro last 1-*
        db %{-1:-1}, %1
  %if %0 > 1
        db %{-2:-2}
  %endif
%endmacro
%macro third 3-*
  %rotate 2
        db %1, %2
  %rotate %0
        db %1
  %rotate 1-%0
        db %1
  %rotate -7
        db %1
%endmacro
        list 1, 2, 3
        list "abc"
        backwards 1, 2, 3, 4
        pairs 300, 1, 400, 2, 500, 3
        last 5
        last 6, 7, 8
        third 1, 2, 3, 4, 5
        third 11, 12, 13
