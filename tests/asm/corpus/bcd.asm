; Packed decimal constants in dt: with p suffix and 0p prefix.
        dt 12_345_678_901_245_678p
        dt -12_345_678_901_245_678p
        dt +0p33
        dt 33p
        dt 0p0, -0p1
