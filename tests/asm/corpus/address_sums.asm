; Two registers and more than one number: which of them is the base.
s.a     equ 4
s.b     equ 8
%macro addresses 2
        mov ax, [%1+%2+8+8]
        mov ax, [8+8+%1+%2]
        mov ax, [%1+8+%2+8]
        mov ax, [%1+%2+8-8]
        mov ax, [%1+%2+8-8+8]
        mov ax, [%1+%2+0+8]
        mov ax, [%1+%2+s.a+s.b]
        mov ax, [%1+%2+(3-1)]
        mov ax, [%1+%2+2*(1+1)]
        mov ax, [%1+%2+((1+1)|4)]
        mov ax, [%1+%2-s.a-s.b]
        mov ax, [%1+%2+here+1]
        mov ax, [%1+%2+here-1]
        mov ax, [here+%1+%2+1]
        mov ax, [%1+%2+$-$$]
        mov ax, [%1+%2+there-here+1]
        mov ax, [%1+%2+there+1]
%endmacro
%macro scaled 2
        mov eax, [%1*1+%2*1]
        mov eax, [%1*1+%2]
        mov eax, [%1+%2*1]
        mov eax, [%1*1+%2+8+8]
        mov eax, [%1+%2*1+8+8]
        mov eax, [%1*2+%2+8+8]
        mov eax, [nosplit %1*2+8+8]
        mov eax, [nosplit %1*2+16]
        mov eax, [nosplit %1*1+8+8]
        mov eax, [nosplit %1*1+16]
        mov eax, [nosplit %1+%1+16]
        mov eax, [%1*2+8+8]
        mov eax, [%1+%1*2+8]
%endmacro
here:
        bits 16
        addresses bx, si
        addresses si, bx
        addresses bp, di
        addresses di, bp
        bits 32
        addresses esi, ecx
        addresses ecx, esi
        addresses ebp, eax
        addresses eax, ebp
        addresses esp, eax
        addresses eax, esp
        scaled esi, ecx
        scaled ecx, esi
        scaled ebp, eax
        vaddps ymm0, ymm1, [esi+ecx+8+8]
        bits 64
        addresses rsi, rcx
        addresses rcx, rsi
        addresses rbp, rax
        addresses rax, rbp
        addresses rsp, rax
        addresses r8, r10
        addresses r10, rax
        addresses rax, r9
        addresses r13, r12
        scaled rsi, rcx
        scaled rcx, rsi
        scaled r12, r13
        vaddps ymm0, ymm1, [rsi+rcx+8+8]
        vaddps zmm0, zmm1, [rsi+rcx+32+32]
        vaddps zmm0{k1}, zmm1, [rbp+rax+(3-1)]
        lea rdx, [rsi+rcx+here+4]
        add qword [rcx+rbx+there-here+8], 5
there:
