; exitcode: ends with the exit code that its argument names, as a shell's `exit` does.
;
; Port EXIT takes the code; the system keeps its low 8 bits, so 256 comes out as 0. Nothing runs
; after it: the machine is gone.
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
