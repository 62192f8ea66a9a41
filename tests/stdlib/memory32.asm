; The tests of memory.inc in this mode.
bits 32
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "memory.inc"
