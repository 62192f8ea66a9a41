; Floats as integers in expressions: __?float16?__ to __?float128h?__, bfloat16, the halves of 80 and 128.
        dw __?float16?__(1.5), __?bfloat16?__(1.5)
        db __?float8?__(1.5)
        dd __?float32?__(3.141592653589793238462), __float32__(1.0)
        dq __?float64?__(3.141592653589793238462), __float64__(-1.0)
        dq __?float80m?__(3.141592653589793238462)
        dw __?float80e?__(3.141592653589793238462)
        dq __?float128l?__(3.141592653589793238462)
        dq __?float128h?__(3.141592653589793238462)
        dd __?float32?__(1.0) + 1, __?float32?__(1.0) >> 23
        db __?float32?__(-1.0) >> 31
%define float16(x) __?float16?__(x)
%define pi 3.14159
        dw float16(pi), float16(2.0)
        bits 64
        mov rax, __?float64?__(1.0)
        mov eax, __?float32?__(0.5)
        mov ax, __?float16?__(0.25)
        mov rcx, __?float64?__(-0.0)
one     equ __?float32?__(1.0)
        dd one, one*2
        bits 16
        times (__?float32?__(2.0) >> 30) nop
