; The tests of print.inc in this mode.
bits 32
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "print.inc"
