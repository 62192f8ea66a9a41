; %include with a guard, twice; macros, labels and %assign from the file; %depend, %pathsearch.
%define FROM_MAIN 5
%include "tests/asm/corpus/include/common.inc"
%include "tests/asm/corpus/include/common.inc"
        say "main"
        db COMMON_VALUE, common_counter
        dw common_label
%depend "tests/asm/corpus/include/common.inc"
%define NAME "tests/asm/corpus/include/values.inc"
first:
%include NAME
second: db second-first
%macro load 1
  %include %1
%endmacro
        load "tests/asm/corpus/include/values.inc"
%pathsearch where "tests/asm/corpus/include/values.inc"
%include where
