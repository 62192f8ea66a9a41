%assign i 0
%rep 3
 db i
%assign i i+1
%endrep
%rep 2
%assign k 0
%rep 4
%assign k k+1
 k
%if k = 2
%exitrep
%endif
 after k
%endrep
%endrep
%rep 0
 never
%endrep
%macro stop 0
%exitrep
%endm
%rep 3
z
stop
y
%endrep
%define N 2
%rep N*2
%assign i i+1
%endrep
%macro fill 2
%rep %1
 db %2
%endrep
%endm
fill 2, 0x90
fill 1+1, 7
%assign f0 0
%assign f1 1
%rep 10
 dd f0
%assign f2 f0+f1
%assign f0 f1
%assign f1 f2
%endrep
