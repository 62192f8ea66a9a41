; A %macro without %endmacro.
        db 1
%macro thing 1
        db %1
        thing 2
