; Values of `printf` that have another size than a number.
        bits 64
%include "stdlib/base.inc"
need put_format, finish
 printf `%d\n`, word [t]
 printf `%d\n`, eax
 printf `%d %d\n`, rax, qword [t]
 printf `%d\n`, 5
 printf `%d %d\n`, [t], al
 hlt
t: dq 1
%include "stdlib/print.inc"
