; %rep inside %rep, %exitrep out of the inner one, %assign counters and an empty repeat.
%assign row 0
%rep 4
  %assign col 0
  %rep 10
    %if col > row
      %exitrep
    %endif
        db row*16 + col
    %assign col col+1
  %endrep
        db 0xff
  %assign row row+1
%endrep
%rep 0
        db "never"
%endrep
%assign n 1
%rep 64
  %if n > 1000
    %exitrep
  %endif
        dw n
  %assign n n*3-1
%endrep
        dw n
; fibonacci, as everybody writes it
%assign a 0
%assign b 1
%rep 50
  %if a > 65535
    %exitrep
  %endif
        dw a
  %assign t a+b
  %assign a b
  %assign b t
%endrep
%rep 3
  %rep 2
    %rep 2
        db __?LINE?__ & 0xff
    %endrep
  %endrep
%endrep
%rep 2
  %macro inside 1
        db %1, %1
  %endmacro
        inside 3
  %unmacro inside 1
%endrep
