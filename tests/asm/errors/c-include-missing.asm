; Files that are not there.
%include "no/such/file.inc"
        incbin "no/such/data.bin"
%include missing_quotes.inc
%include
        incbin
        db 1
