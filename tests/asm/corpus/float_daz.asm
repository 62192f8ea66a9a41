; The float directive: daz, near, up, down, zero, default.
        float daz
        dd 1.4e-45, 1.0e-40
        dq 4.9e-324
        float nodaz
        dd 1.4e-45
        float near
        dd 0.1, -0.1
        float up
        dd 0.1, -0.1
        dq 0.1, -0.1
        float down
        dd 0.1, -0.1
        dw 0.1
        float zero
        dd 0.1, -0.1
        float default
        dd 0.1
[float up]
        dt 0.1
[float default]
        dt 0.1
