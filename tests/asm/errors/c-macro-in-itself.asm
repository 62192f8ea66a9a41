; A macro that names itself without %rmacro.
%macro depends 1
  %if %1
        db %1
        depends %1-1
  %endif
%endmacro
        depends 3
%macro int 1
        int %1
%endmacro
        int 5
%rmacro counts 1
  %if %1
        db %1
        counts %1-1
  %endif
%endmacro
        counts 3
