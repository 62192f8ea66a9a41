; %use smartalign: the long no-operations in 32-bit code, each length and mode.
%use smartalign
        bits 32
%macro try 2
        alignmode %1
  %assign %%i 0
  %rep %2
        align 64
        times 64-%%i db 0xf4
        align 64
    %assign %%i %%i+1
  %endrep
%endmacro
        try generic, 12
        try nop, 4
        try p6, 12
        try k7, 12
        try k8, 12
        alignmode p6, 32
        db 1
        align 128
        alignmode nop, nojmp
        db 1
        align 64
