; The tests of fmt.inc in this mode.
bits 32
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "fmt.inc"
