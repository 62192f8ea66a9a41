; Attributes of sections that are not known, or do not fit together.
        section .data algin=4
        section one align=3
        section two start=0x100 follows=one
        section three vstart=abc align=
        section four follows=nowhere
        section five nobits
        db 1
        section six progbits nobits
        db 2
        section
