; The tests of math.inc in this mode.
bits 16
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "math.inc"
