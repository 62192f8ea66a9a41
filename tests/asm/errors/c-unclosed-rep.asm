; A %rep without %endrep.
        db 1
%rep 3
        db 2
