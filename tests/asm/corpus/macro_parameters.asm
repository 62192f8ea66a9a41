; Multi-line macros: counts, defaults, greedy last parameter, ranges of parameters, braces.
%macro none 0
        db %0
%endmacro
%macro one 1
        db %0, %1
%endmacro
%macro opt 1-3 20, 30
        db %0, %1, %2, %3
%endmacro
%macro any 0-*
        db %0
  %if %0 > 0
        db %{1:-1}
  %endif
%endmacro
%macro least 2-*
        db %0, %1, %{2:-1}, %{-1:1}
%endmacro
%macro greedy 2+
        db %1
        db %2
%endmacro
%macro greedydef 1-2+ 9, 8
        db %1, %2
%endmacro
%macro gaps 1-3
        db '%1', '%2', '%3'
        dw %1+0, %2+0, %3+0
%endmacro
%macro mid 5
        db %{2:4}
        db %{4:2}
        db %{1:1}
%endmacro
        none
        one 7
        opt 1
        opt 1, 2
        opt 1, 2, 3
        any
        any 5
        any 5, 6, 7, 8
        greedy 1, 2, 3, 4
        greedy 1, "a, b", 13, 10
        greedydef 1
        greedydef 1, 2
        greedydef 1, 2, 3
        gaps 1
        gaps 1, 2
        gaps 1,,3
        mid 1, 2, 3, 4, 5
        one {7}
        greedy {1, 2}, 3
        opt {1, 2}, 3
