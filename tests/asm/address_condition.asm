; Conditions and assignments that ask how far the code has come.
%use smartalign
        bits 32
start:  jmp end
        align 16
        nop
        alignmode p6
        align 16
%if $-$$ > 20
        db 1
%else
        db 2
%endif
%assign here $-$$
        dw here
        times 100 nop
        align 64
end:
%rep 3
%endrep
end2:   ret
