%include "part.inc"
%include "part.inc"
%define name "part.inc"
%include name
%macro inc 1
 %include %1
%endm
inc "part.inc"
%line 100+1 foo.asm
__LINE__
__LINE__
__NASM_VERSION_ID__ __NASM_VER__ __NASM_MAJOR__ __?NASM_MINOR?__ __OUTPUT_FORMAT__
%ifndef __NASM_MAJOR__
never
%endif
%depend "x"
%macro where 0
 here __LINE__ __?LINE?__
%endm
where
 where
%line 50+2
__LINE__
__LINE__ __FILE__
