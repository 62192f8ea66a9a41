; Contexts popped too often, by a wrong name, and labels without one.
%push one
%pop two
%pop
%pop
        jmp %$label
%repl three
%$x:    nop
%push open
