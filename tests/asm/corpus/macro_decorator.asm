; Decorators in braces that come from macros.
bits 32
%define d {1to16}
vaddps zmm0, zmm1, [eax] d
%macro m 2
vaddps zmm0, zmm1, [eax]%1
vaddps zmm0, zmm1, [eax]{1to%2}
%endmacro
m {{1to16}}, 16
%macro k 1
vaddps zmm0{%1}, zmm1, [eax]
%endmacro
k k2
