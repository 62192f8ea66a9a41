; Pasting with %+, %{...} next to text, %[ ], names built from parameters.
%define cat(a,b) a%+b
%define foo12 0x12
%define foobar 0x34
        db cat(foo,12), cat(foo,bar)
%macro make 2
%1_%2:  dw %1_%2
%{1}x%{2}x:
        dw %{1}x%{2}x
        db '%1', "%2", `%1`
%endmacro
        make alpha, beta
        make g, 7
%assign n 3
%define reg3 ecx
        bits 32
        mov eax, reg%[n]
lab%[n]: jmp lab%[n]
lab%[n]%[n]: jmp lab33
%define op mov
%define acc eax
        op acc, acc
%macro each 2-*
  %define %%op %1
  %rep %0-1
    %rotate 1
        %%op %1
  %endrep
%endmacro
        each push, eax, ebx, dword 5
        each inc, ecx, edx
%define suffix w
        mov%+s%+suffix
        stos%+ suffix
%define width 32
        mov eax, 1 %+ 0
%xdefine name_%[n] 99
        db name_3
%define tick(x) %[x]
        db tick(n)
