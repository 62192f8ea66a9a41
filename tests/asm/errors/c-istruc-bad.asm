; istruc of a structure that is not there, fields out of order.
struc point
.x:     resd 1
.y:     resd 1
endstruc
        istruc pont
        at point.x, dd 1
        iend
        istruc point
        at point.y, dd 1
        at point.x, dd 1
        iend
        istruc point
        at point.z, dd 1
        iend
