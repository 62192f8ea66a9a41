; Ends without beginnings.
%endif
%else
%elif 1
%endmacro
%endrep
%exitrep
%exitmacro
%pop
        endstruc
        iend
        at 5, db 1
        db 1
