; The tests of qword.inc in this mode.
bits 16
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%include "qword.inc"
