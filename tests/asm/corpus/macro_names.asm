; %? and %??: the macro's own name, as used and as defined, in both kinds of macro.
        bits 32
%imacro NoP 1
        times %1 %?
%endmacro
%idefine Pause %?
        pause
%idefine keyword $%?
keyword: jmp keyword
%macro show 0
        db `%?`, 0
%defstr used %?
%defstr defd %??
        db used, 0, defd, 0
%endmacro
%imacro SayIt 0
%defstr used %?
%defstr defd %??
        db used, 0, defd, 0
%endmacro
        show
        sayit
        SAYIT
%imacro mul 2
        %? %1
        add eax, %2
%endmacro
        mul ebx, 3
        MUL ecx, 4
%macro ret 1
        add esp, %1
        %??
%endmacro
        ret 8
