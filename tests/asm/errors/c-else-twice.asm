; Two %else, and %elif after %else.
%if 0
        db 1
%else
        db 2
%else
        db 3
%elif 1
        db 4
%endif
