; smartalign in 16-bit code, mode k7: after generic, and after nop.
        bits 16
%use smartalign
%macro gaps 0
%assign n 1
%rep 9
        align 16
        times n nop
%assign n n+1
%endrep
        align 16
%endmacro
        alignmode k7
        gaps
        alignmode nop
        alignmode k7, nojmp
        gaps
