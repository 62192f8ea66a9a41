; %defalias and its relatives, %ifdefalias, %ifusing, %ifusable, %unimacro.
%define target 5
%defalias other target
        db other
%define other 7
        db target, other
%idefalias Other2 target
        db OTHER2, other2
%undefalias other
%ifndefalias other
        db 99
%endif
%ifdefalias Other2
        db 98
%endif
%imacro Quick 0
        db 1
%endmacro
        QUICK
%unimacro quick 0
%ifnmacro quick
        db 2
%endif
%ifusable fp
        db 3
%endif
%ifnusable no_such_package
        db 4
%endif
%ifnusing altreg
        db 5
%endif
%use altreg
%ifusing altreg
        db 6
%endif
