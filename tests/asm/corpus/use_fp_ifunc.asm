; %use fp and %use ifunc: float16 and friends, integer logarithms.
%use fp
%use ifunc
        dw float16(1.5)
        dd float32(3.25)
        dq float64(-0.1)
        dq float80m(1.0)
        dw bfloat16(3.14)
        db float8(1.0)
        dw float80e(2.0)
        db ilog2(1), ilog2(2), ilog2(1024), ilog2e(65536)
        db ilog2f(1000), ilog2c(1000), ilog2w(1000)
        db ilog2f(4096), ilog2c(4096), ilog2c(4097)
        dd Inf, NaN
        dq SNaN, QNaN, -Inf
        bits 32
        mov eax, float32(1.0)
        mov ecx, ilog2c(33)
        align 1 << ilog2c(5)
        db 1
