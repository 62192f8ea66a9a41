; Repeats without a sensible end.
%rep 1<<50
        nop
%endrep
        db 1
