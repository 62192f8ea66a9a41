; %include with a guard, twice; macros, labels and %assign from the file; %depend, %pathsearch.
%define FROM_MAIN 5
%include "include/common.inc"
%include "include/common.inc"
        say "main"
        db COMMON_VALUE, common_counter
        dw common_label
%depend "include/common.inc"
%define NAME "include/values.inc"
first:
%include NAME
second: db second-first
%macro load 1
  %include %1
%endmacro
        load "include/values.inc"
%pathsearch where "include/values.inc"
%include where
