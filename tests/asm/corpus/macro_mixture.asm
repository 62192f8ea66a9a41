; Macros of every sort together: parameters, repetitions, contexts, pasting, conditions.
%define val 5
%macro outer 1-3 7, 8
%define %%tmp %1
db %%tmp, %0, %{1:2}
%rep %0
db %1
%rotate 1
%endrep
%if %0 > 1
%exitmacro
%endif
db 99
%endmacro
outer val
outer 1, 2, 3
%define join3(a,b,c) a%+b%+c
%define xyz 33
db join3(x,y,z)
%xdefine snap val
%define val 6
db snap, val
%deftok tk '1+2'
db tk*3
%defstr ds val and more
db ds
%substr sb 'hello' 2,3
db sb
%assign i 0
%rep 4
%assign i i+1
%if i = 3
%exitrep
%endif
db i
%endrep
%imacro FooBar 0
db 'fb'
%endmacro
foobar
FOOBAR
%push ctx
%define %$loc 3
%$lab: db %$loc
%push ctx2
db %$$loc
dw %$$lab
%pop
%pop
%define f(=x) x
db f(val*2), f(val + val)
%define g(x,y+) db x, y
g(1,2,3,4)
%ifidn {a,b},{a,b}
db 'idn'
%endif
%ifmacro foobar 0
db 'mac'
%endif
%iftoken val
db 't'
%endif
