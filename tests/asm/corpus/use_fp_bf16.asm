%use fp
        bf16 1.0
        bf16 1.5, -2.0, 0.0
        bf16 Inf, NaN
        bf16 1.83203125e-40
        dw bfloat16(1.0)
