; The tests of fixed.inc in this mode.
bits 16
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "fixed.inc"
