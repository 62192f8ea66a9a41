; Functions within a line: %eval, %str, %strlen, %strcat, %substr, %tok, %num, %count, %abs, %cond, %is, %sel.
%define five 5
        db %eval(1+2*3), %eval(five<<1)
        db %str(abc), %str(five), %str(a b), %str('q')
        db %strlen('hello'), %strlen(%str(five))
        db %strcat('a', "b", 'cd'), %strcat('one')
        db %substr('abcd', 2, 2), %substr('abcd', 3), %substr('abcd', 2, -1), %substr('abcd', 2, -2)
        db %tok('five'), %tok('1 + 2')
        db %num(42), %num(42, 4), %num(42, 4, 16), %num(-5, 8, 2), %num(100, 1), %num(35, -3, 36)
        db %count(), %count(a), %count(a, b, c), %count((a, b), c), %count({a, b}, c)
        db %abs(-5), %abs(7), %abs(3-10)
        db %cond(1, 2, 3), %cond(0, 2, 3), %cond(five > 4, 'yes', 'no')
        db 0 %cond(0, +7), 1 %cond(1, +7)
        db %is(1 == 1), %is(five < 2)
        db %isidn(a, a), %isidni(A, a), %isnidn(a, b), %isid(x), %isnum(5), %isstr('a'), %istoken(a)
        db %isdef(five), %isndef(five), %isdef(nothing), %isempty(), %isempty(x), %isnempty(x)
        db %ismacro(nothing), %isctx(), %isusable(fp), %isusing(fp)
        db %sel(1, 10, 20, 30), %sel(3, 10, 20, 30)
        db %sel(five-3, 'a', 'b', 'c')
%define joined(a, b) %tok(%strcat(%str(a), %str(b)))
%define onetwo 12
        db joined(one, two)
%assign width %strlen("twelve chars")
        db width
%define pad(s, n) s, %substr('          ', 1, n-%strlen(s))
        db pad('ab', 8)
        bits 32
        mov eax, %eval(1 << 10)
        mov %tok('ecx'), %abs(-9)
%macro named 1
%tok(%strcat("label_", %num(%1))): dw $
%endmacro
        named 1
        named 2
        dw label_1, label_2
