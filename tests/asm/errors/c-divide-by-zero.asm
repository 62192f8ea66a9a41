; Division by zero in expressions.
        db 1/0
        dw 5%%(3-3)
        mov ax, 10//zero
        times 4 % zero db 0
zero    equ 0
%assign x 7/0
%if 1/0
        db 1
%endif
