; Branch relaxation: a long chain of jumps, each of which pushes the next past the limit.
        bits 16
%assign i 0
%rep 400
%assign j i+60
l%[i]:  jmp l%[j]
%assign i i+1
%endrep
%rep 60
l%[i]:  nop
%assign i i+1
%endrep
        bits 32
%assign i 0
%rep 300
%assign j i+25
m%[i]:  jz m%[j]
        jmp m%[j]
%assign i i+1
%endrep
%rep 25
m%[i]:
%assign i i+1
%endrep
        ret
        bits 64
%assign i 0
%rep 200
n%[i]:
%if i >= 30
%assign j i-30
        jnz n%[j]
%else
        mov eax, i
%endif
%assign i i+1
%endrep
        ret
