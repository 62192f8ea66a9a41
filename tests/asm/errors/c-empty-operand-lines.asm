; A colon or label in odd places.
        bits 16
:       nop
5:      nop
a b c
.local  nop
..@     nop
mov:    nop
$       nop
