; org twice, with an address that is none.
        org 0x100
        nop
        org 0x200
        org eax
        org
        org label
label:  nop
