; Within a macro that is not listed, __LINE__ stays at the line of its use.
%macro hidden 1.nolist
    db __LINE__
    db %1, __LINE__
%endmacro
%macro listed 0-1
    db __LINE__
    hidden 1
    db __LINE__
%endmacro
%macro outer 0-2.nolist
    db __LINE__
    listed
    db __LINE__
%endmacro
    hidden 2

    listed
    outer
%rep 2
    hidden 3
    db __LINE__
%endrep
    outer 1, 2
    db __LINE__
%macro repeats 0.nolist
%rep 2
    db __LINE__
    listed
%endrep
%endmacro
    repeats
