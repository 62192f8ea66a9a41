; Calling conventions by macros: proc, arg, endproc, invoke, with locals on the stack.
        bits 32
%macro proc 1
  %push proc
  %define %$name %1
  %assign %$arg 8
  %assign %$loc 0
%1:     push ebp
        mov ebp, esp
%endmacro
%macro arg 0-1 4
  %if %1 != 4
    %assign %$arg %$arg + (4 - %1 % 4) % 4
  %endif
%00     equ %$arg
  %assign %$arg %$arg + ((%1+3) & ~3)
%endmacro
%macro endproc 0-1
  %ifnctx proc
    %error "endproc without proc"
  %endif
        leave
  %if %0 == 0
        ret
  %else
        ret %$arg-8
  %endif
  %pop proc
%endmacro
%macro invoke 1-*
  %define %%function %1
  %assign %%count %0-1
  %rep %0-1
    %rotate -1
    %ifstr %1
        jmp %%skip%[%%count]
%%s%[%%count]: db %1, 0
%%skip%[%%count]:
        push dword %%s%[%%count]
    %else
        push dword %1
    %endif
  %endrep
        call %%function
  %if %%count > 0
        add esp, %%count*4
  %endif
%endmacro
%macro invoke1 2
        push dword %2
        call %1
        pop ecx
%endmacro
proc add3
%$a     arg
%$b     arg 2
%$c     arg
        mov eax, [ebp+%$a]
        movzx edx, word [ebp+%$b]
        add eax, edx
        add eax, [ebp+%$c]
endproc
proc twice
%$x     arg
        invoke add3, [ebp+%$x], [ebp+%$x], 0
        invoke1 add3, eax
endproc pascal
main:   invoke add3, 1, 2, 3
        invoke puts, "Hello"
        invoke twice, eax
        invoke exit
puts:   ret
exit:   hlt
        jmp exit
