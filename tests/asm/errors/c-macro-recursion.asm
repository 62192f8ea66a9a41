; Macros without an end to their recursion.
%rmacro forever 0
        nop
        forever
%endmacro
        forever
