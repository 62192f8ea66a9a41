; exitcode: exits with the code given as its argument, as a shell's `exit` does.
;
; Port EXIT takes the code. The system keeps its low 8 bits, so 256 becomes 0. The machine ends at
; once.
;
; /// applet
; description = "Exit with the code given as argument"
; ///

bits 32

%include "stdlib/io.inc"

    call arg_dec
    jc usage
    out EXIT, eax

usage:
    warn "usage: exitcode CODE"
    exit 2

%include "stdlib/fmt.inc"
