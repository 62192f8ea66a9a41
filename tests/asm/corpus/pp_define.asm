; Single-line macros: parameters, overloads, nesting, case, redefinition, %undef, self-reference.
        bits 32
%define ctrl 0x1F &
%define param(a,b) ((a)+(a)*(b))
        mov byte [param(2,ebx)], ctrl 'D'
%define f(x) 1+x
%define g(x, y) f(x)*y
        db f(2), g(1,2), f((3))
%define twice(x) x, x
        db twice(1), twice('ab')
%define id(x) x
%define id2(x) id(x)*2
        db id(5), id((5)+6), id2(6)
%define none() 42
        db none()
%define n() 2
%define n(a) 3
%define n(a,b) 4
        db n(), n(9), n(9,9)
%define eax_ eax
        mov eax_, ebx
%define mov_to(d) mov d,
        mov_to(ecx) edx
%define a(x) b(x)
%define b(x) c(x,x)
%define c(x,y) x+y*2
        db a(3), a(c(1,2))
self    equ 3
%define self self+1
        db self, self*2
%xdefine chain 1
%xdefine chain chain, 2
%xdefine chain chain, 3
        db chain
%define bracket [ebx+4]
        mov eax, bracket
%define comma ,
        db 1 comma 2
%undef comma
%ifndef comma
        db 0xcc
%endif
%idefine CaseLess(x) x+1
        db caseless(1), CASELESS(2)
%define local.name 7
        db local.name
%define .dot 8
        db .dot
%define semi ';'
        db semi, "a;b", ';' ; ; a comment
%define long_one 1 + \
        2 + \
        3
        db long_one
%define greedy(x, y+) y
        db greedy(1, 2, 3)
%define ev(=x) x, x
%assign k 1
        db ev(k+4)
%define strit(&x) x
        db strit(some text)
