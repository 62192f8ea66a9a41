; Values that must be known where they stand, but come later.
        times later db 0
        resb later
        align later
%assign x later
%if later
%endif
        org later
later   equ 4
