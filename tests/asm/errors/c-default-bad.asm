; default, cpu and use with words that they do not know.
        default relative
        default
        cpu 80987
        cpu
%use nothing
%use
        float sideways
        bits 16
        nop
