; Branch relaxation: four thousand branches written by %rep, in a mixture of reaches.
        bits 32
        org 0x100000
%macro step 1
..@step%[%1]:
  %if %1 % 7 == 0
        jmp ..@step%[next7]
  %elif %1 % 5 == 0
        jc ..@step%[next5]
  %elif %1 % 3 == 0
        call ..@step%[back]
  %else
        add eax, %1
        jnz ..@step%[back]
  %endif
%endmacro
%define next7 ((n+43)*(n+43<4000) + 3999*(n+43>=4000))
%assign n 0
%rep 4000
  %assign next7 n+43
  %if next7 > 3999
    %assign next7 3999
  %endif
  %assign next5 n+20
  %if next5 > 3999
    %assign next5 3999
  %endif
  %assign back n-24
  %if back < 0
    %assign back 0
  %endif
        step n
  %assign n n+1
%endrep
        ret
