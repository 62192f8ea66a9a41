; label: instruction on one line, label before data without colon, before times, before prefixes.
        bits 16
a: nop
b:nop
c :nop
d nop
e: times 2 nop
f  times 2 nop
g: rep movsb
h  rep stosw
i: lock inc word [bx]
j  db 1,2
k: db 3
l  equ 4
m: equ 5
n  dw a,b,c,d,e,f,g,h,i,j,k
o: dw l,m,n,o
p: es lodsb
q  cs mov ax,[bx]
r: o32 movsb
s  resb 2
t: align 4
u: jmp u
v  jmp short v
w: call w
x  ret
y:
z: loop z
.l loop .l
.m: jmp .l
a_label_only
   another_one_indented
  and_with_colon :
        dw a_label_only, another_one_indented, and_with_colon
; Words of other formats and assemblers are names like any other.
offset: jmp offset
        mov ax, offset + 1
        mov ax, [offset]
        mov ax, [bx + offset]
        dw offset, offset - x
GROUP   equ 18
        mov ax, GROUP
        add bx, GROUP - 1
export  nop
import: dw export, import
group
        dw group
