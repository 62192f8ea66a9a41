; The tests of trap.inc in this mode.
bits 32
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "trap.inc"
