; %warning and %note give messages but no bytes; %error and %fatal stand in branches not taken.
%macro check 1
  %if %1 > 255
    %error "too large"
  %elif %1 > 100
    %warning "large"
  %endif
        db %1
%endmacro
        check 1
        check 200
%warning "plain", with more, words
%ifndef FLAG
        db 2
%else
  %fatal "must not"
%endif
%pragma asm whatever
%pragma limit rep 10000
[warning -number-overflow]
        db 300
[warning +number-overflow]
[warning push]
[warning -all]
        db 511
[warning pop]
[list -]
        db 3
[list +]
%clear
        db 4
