; Structures within structures, arrays of them, lists in `at`, and local names.
        bits 16
struc inner
.lo     resb 1
.hi     resb 1
endstruc
struc outer
.id     resw 1
.pair   resb inner_size
.pairs  resb inner_size*3
.tail   resb 1
endstruc
struc gdt_entry
.limit:     resw 1
.base_low:  resw 1
.base_mid:  resb 1
.access:    resb 1
.flags:     resb 1
.base_high: resb 1
endstruc
        db inner_size, outer_size, gdt_entry_size
        db outer.pair, outer.pairs, outer.tail, outer.pair+inner.hi
        mov al, [bx+outer.pairs+2*inner_size+inner.hi]
object: istruc outer
        at outer.id, dw 0x1111
        at outer.pair, db 1, 2
        at outer.pairs, db 3, 4
                        db 5, 6
                        db 7, 8
        at outer.tail, db 9
        iend
%macro entry 3
        istruc gdt_entry
        at gdt_entry.limit,     dw %2 & 0xffff
        at gdt_entry.base_low,  dw %1 & 0xffff
        at gdt_entry.base_mid,  db (%1 >> 16) & 0xff
        at gdt_entry.access,    db %3
        at gdt_entry.flags,     db 0xc0 | ((%2 >> 16) & 0xf)
        at gdt_entry.base_high, db %1 >> 24
        iend
%endmacro
table:  entry 0, 0, 0
        entry 0, 0xfffff, 0x9a
        entry 0x12345678, 0xabcde, 0x92
table_size equ $-table
        dw table_size-1
        dd table
