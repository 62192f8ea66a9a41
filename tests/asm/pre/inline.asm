; Functions within a line, and arguments that hold macros.
%define five 5
%define id(x) x
%define k(x) id(x)*2
db %eval(1+2*3), -%eval(five<<1), %EVAL (five)
db %str(five), %str( a  b ), %str(1,2), %str({a,b}), %str(), %str('q'), %str(`a\n`)
db %strlen('hello'), %strlen(five), %strlen(%str(five)), %strlen(nothing)
db %strcat('a' 'b'), %strcat('a', "b", five), %strcat()
db %substr('abcd', 2, 2), %substr('abcd', 3), %substr('abcd', 2, -1), %substr('abcd', 2, -2)
db %substr('abcd', 0), %substr('abcd', 9), %substr('abcd', -2, 1), %substr('abcd', 2, 0)
db %tok('five'), %tok('1 + 2'), %tok('%eval(3)'), %tok(5)
db %num(42), %num(42, 4), %num(42, 4, 16), %num(-5, 8, 2), %num(100, 1), %num(35, -3, 36)
db %num(-35, -3), %num(-1234, 3), %num(1, 0), %num(62, 1, 64), %num(63, 3, 64), %num(1, 70)
db %count(), %count(a), %count(a, b, c), %count((a, b), c), %count({a, b}, c), %count(,)
db %abs(-5), %abs(3-10), %abs(-9223372036854775808)
db %cond(1, 2, 3), %cond(0, 2, 3), %cond(five > 4, 'yes', 'no'), 1 %cond(0, +7), 1 %cond(1, +7)
db %is(1 == 1), %isn(five > 2), %isidn(a, a), %isnidn(a, b), %isidni(A, a), %isnum(-5), %isid(x y)
db %isdef(five), %isndef(five), %isempty(), %isnempty(x), %istoken(a b), %isusing(fp), %isusable(fp)
db %sel(1, 10, 20, 30), %sel(five-3, 'a', 'b', 'c')
%tok('db') 1
%assign width %strlen("twelve chars")
%define pad(s, n) s, %substr('          ', 1, n-%strlen(s))
db width, pad('ab', 8)
%macro named 1
%tok(%strcat("label_", %num(%1))): dw %1
%endmacro
named 17
; An argument is expanded before it is put in place.
%define a(x) c(x,x)
%define c(x,y) x+y*2
db a(c(1,2)), k(id(3)), a(3)
%define inner id(id(3))
db inner, id(id(3))
%define quote(&x) x
%define both(x) quote(x) x
db quote(five), both(id(five)), quote(id(five))
%define pair 1,2
%define two(p,q) p:q
db two(pair,3), two({1,2},five)
%define add(x) x+1
%define x x+1
dw add(1), id(x)
%define n(p) 3
%define n() 2
db n(), n( ), n({}), n(1)
%define w(p,) p
db w(1,2)
%define m() 2
%define m(p) 3
db m(), m(9)
%idefine keyword $%?
keyword: jmp KeyWord
%idefine around a%?b
db Around
