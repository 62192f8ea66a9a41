; Deep nesting of %if, branches skipped with unbalanced text inside, %elif chains in macros.
%assign depth 0
%if 1
  %if 0
    %if 1
        db "skipped"
    %else
        db "also"
    %endif
    %macro hidden 0
        db "hidden"
    %endmacro
    %error not here
    'unfinished string
    this is not an instruction [ ( at all
  %elif 2 > 1
    %if depth = 0
        db 1
    %endif
  %else
        db "no"
  %endif
%else
  %fatal never
%endif
%ifmacro hidden
        db "hidden is defined"
%endif
%macro kind 1
  %ifstr %1
        db "S", %1
  %elifnum %1
        db "N", %1
  %elifid %1
    %ifidni %1, eax
        db "R"
    %else
        db "I"
    %endif
  %else
        db "?"
  %endif
%endmacro
        kind "text"
        kind 42
        kind eax
        kind EAX
        kind other
        kind [bx]
%macro log2 1
  %assign %%v %1
  %assign %%r 0
  %rep 64
    %if %%v <= 1
      %exitrep
    %endif
    %assign %%v %%v >> 1
    %assign %%r %%r+1
  %endrep
        db %%r
%endmacro
        log2 1
        log2 2
        log2 4096
        log2 1<<40
%if 1 != 2 ^^ 3 <> 3
        db 0x77
%endif
%if 3 >= 3 && 2 <= 3 && !(1 > 2)
        db 0x78
%endif
%if 'a' < 'b'
        db 0x79
%endif
