; Odd white space: none where none is needed, much where some is, blank lines, empty statements.
bits 16
org 0x100
      start  :   mov     ax   ,   bx   
mov ax,bx;comment
mov ax,[bx+si+5];
mov	ax , [ bx+si   + 5 ]
add byte[bx],5
add byte [ bx ] , 5
x:db 1,2 , 3,4
y:times 3 db 5
z:times(2+1)db(6)
db'a',"b",`c`
db(1+2)*3
dw start,x,y;;;; many
   ;   only a comment
;

        
mov ax,-5
mov ax,- 5
mov ax,~5
mov ax,!5
sub ax,'a'-'A'
dw 1+2,1 +2,1+ 2,1 + 2,1- -1
jmp$
jmp $
jmp $+2
dw $-$$,$ - $$
db 10 % 3,10 %% 3
dw 5/2,5//2
%define a(b) b
dw a(5),a( 5 ),a (5)
  %if 1
 db 1
      %endif
   %define spaced 7
 db spaced
[  bits   32  ]
mov eax,ebx
[bits 16]
[ section .data ]
db 9
