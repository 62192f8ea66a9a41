; Infinity, quiet and signalling NaN in every width, with the old and the new names.
        dw __?Infinity?__, -__?Infinity?__, __?QNaN?__, __?SNaN?__, __?NaN?__
        dd __?Infinity?__, -__?Infinity?__, __?QNaN?__, __?SNaN?__, __?NaN?__
        dq __?Infinity?__, -__?Infinity?__, __?QNaN?__, __?SNaN?__, __?NaN?__
        dt __?Infinity?__, -__?Infinity?__, __?QNaN?__, __?SNaN?__, __?NaN?__
        dd __Infinity__, -__Infinity__, +__Infinity__
        dq __NaN__, -__QNaN__
        dt __SNaN__
        do __?Infinity?__, __?NaN?__
        bits 32
        mov eax, __?float32?__(__?Infinity?__)
        mov ebx, __?float32?__(-__?Infinity?__)
        mov ecx, __?float32?__(__?NaN?__)
