; An %if without %endif.
        db 1
%if 1
        db 2
%ifdef X
        db 3
%endif
        db 4
