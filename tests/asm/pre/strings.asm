%strlen n 'abc'
n
%strlen n `a\n\x41`
n
%strcat s "a", 'b', `c\n`
s
%substr t 'abcdef' 2,3
t
%substr t 'abcdef' 2
t
%substr t 'abcdef' 2,-2
t
%substr t 'abcdef' 2,-1
t
%substr t 'abcdef' 0
t
%substr t 'abcdef' 7
t
%substr t 'abcdef' 3,100
t
%substr t 'abcdef',4,2
t
%defstr u  a + b  [c]
u
%defstr z  hello   "x"  y
z
%deftok v 'a + 1'
v
%define str 'abc'
%strlen l str
l
%pathsearch p "foo.bin"
p
%assign i 1
%strlen len 'hello'
%rep len
%substr c 'hello' i
 db c
%assign i i+1
%endrep
