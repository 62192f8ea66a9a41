; The tests of trap.inc in this mode.
; /// applet
; ring = 0
; ///
bits 64
%include "stdlib/base.inc"
%include "stdlib/abi.inc"
%define RAISES_PAGE_FAULT
%include "trap.inc"
