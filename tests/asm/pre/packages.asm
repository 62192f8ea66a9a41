%use fp
%use ifunc
%use altreg
Inf NaN QNaN SNaN float8(1) float16(1) bfloat16(1) float32(1) float64(1) float80m(1) float80e(1) float128l(1) float128h(1)
ilog2(1) ilog2e(1) ilog2w(1) ilog2f(1) ilog2c(1)
r0 r1 r2 r3 r4 r5 r6 r7 r8
r0d r1d r2d r3d r4d r5d r6d r7d r8d
r0w r1w r2w r3w r4w r5w r6w r7w r8w
r0b r1b r2b r3b r4b r5b r6b r7b r8b
r0l r1l r2l r3l r4l r5l r6l r7l r8l r15l
r0h r1h r2h r3h r4h R0
%ifusing altreg
 yes
%endif
%ifusable smartalign
 usable
%endif
