; %strlen, %strcat, %substr (both signs), %defstr, %deftok, %idefstr and their use in data.
%define greeting 'hello, world'
%strlen len greeting
        db len
%strlen len2 'my ', 'string'
        db len2
%strcat both "Alpha: ", '12" screen'
        db both, 0
%strcat three 'a', "b", `\n`
        db three
%substr s1 'xyzw' 1
%substr s2 'xyzw' 3,-1
%substr s3 'xyzw' 2,2
%substr s4 'xyzw' 2,-1
%substr s5 'xyzw' 2,-2
%substr s6 'xyzw' 9
        db s1, s2, s3, s4, s5
        db s6, 0
%defstr path some/name 12 , x
        db path, 0
%defstr quoted "in ""quotes"
        db quoted, 0
%define w 5
%defstr expanded w*2
        db expanded
%deftok tok '1 + 2 * 3'
        db tok
%deftok reg "ebx"
        bits 32
        inc reg
%idefstr MyStr abc
        db mystr, MYSTR
%ideftok MyTok 'al'
        mov mytok, 1
; upper case by a loop over a string
%macro upper 1
  %strlen %%n %1
  %assign %%i 1
  %rep %%n
    %substr %%c %1 %%i
    %if %%c >= 'a' && %%c <= 'z'
        db %%c - 32
    %else
        db %%c
    %endif
    %assign %%i %%i+1
  %endrep
%endmacro
        upper "Mixed Case, 12 words!"
        upper 'a'
; a string as a length-prefixed one, encoded with xor
%macro secret 2
  %strlen %%n %1
        db %%n
  %assign %%i 0
  %rep %%n
    %assign %%i %%i+1
    %substr %%c %1 %%i, 1
        db %%c ^ %2
  %endrep
%endmacro
        secret "attack at dawn", 0x5a
