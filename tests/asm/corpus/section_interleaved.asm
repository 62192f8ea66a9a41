; Twenty sections, visited by turns, with references across them; and branches into others.
        bits 32
        org 0x1000
%assign i 0
%rep 5
  %assign k 0
  %rep 20
        section s%[k]
l%[i]_%[k]:
        dd $$, $-$$, l%[i]_0
        times (k & 3) db k
        jmp l%[i]_0
        mov eax, [l0_%[k]]
    %assign k k+1
  %endrep
  %assign i i+1
%endrep
        section .text
        call l4_19
        jz l0_0
        section .bss
        resb 5
final:  resd 1
        section .text
        mov eax, final
