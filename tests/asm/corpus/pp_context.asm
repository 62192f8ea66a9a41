; Contexts: %push, %pop, %repl, %$labels, %$$outer ones, context-local macros, IF/ELSE/ENDIF.
        bits 16
%macro IF 1
  %push if
        j%-1 %$ifnot
%endmacro
%macro ELSE 0
  %ifctx if
    %repl else
        jmp %$ifend
    %$ifnot:
  %else
    %error "expected `if' before `else'"
  %endif
%endmacro
%macro ENDIF 0
  %ifctx if
    %$ifnot:
    %pop
  %elifctx else
    %$ifend:
    %pop
  %else
    %error "expected `if' or `else' before `endif'"
  %endif
%endmacro
        cmp ax, bx
        IF ae
          cmp bx, cx
          IF ae
            mov ax, cx
          ELSE
            mov ax, bx
          ENDIF
        ELSE
          cmp ax, cx
          IF ae
            mov ax, cx
          ENDIF
        ENDIF
%macro repeat 0
  %push repeat
    %$begin:
%endmacro
%macro until 1
        j%-1 %$begin
  %pop repeat
%endmacro
        mov cx, 10
        repeat
          repeat
            dec dx
            until z
          dec cx
          until e
%push one
  %$label: nop
  %define %$value 11
  %push two
    %$label: nop
    %define %$value 22
        jmp %$label
        jmp %$$label
        db %$value, %$$value
    %assign %$count 3
    %rep 3
        db %$count
      %assign %$count %$count-1
    %endrep
  %pop two
        db %$value
        jmp %$label
%pop one
%push
  %$anon: jmp %$anon
%pop
%macro switch 1
  %push switch
  %assign %$cases 0
  %define %$subject %1
%endmacro
%macro case 1
  %if %$cases > 0
        jmp %$done
%$case%[%$cases]:
  %endif
  %assign %$cases %$cases+1
        cmp %$subject, %1
        jne %$case%[%$cases]
%endmacro
%macro endswitch 0
%$case%[%$cases]:
%$done:
  %pop switch
%endmacro
        switch al
        case 1
          mov bl, 10
        case 2
          mov bl, 20
        case 'x'
          mov bl, 30
        endswitch
