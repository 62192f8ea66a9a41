; The tests of random.inc in this mode.
bits 64
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "random.inc"
