; %arg, %local, %stacksize: names for the stack frame of a procedure.
        bits 32
%push proc
%stacksize flat
%assign %$localsize 0
%local old:dword, buffer:byte, wide:qword
%arg first:dword, second:word, third:dword
func:   enter %$localsize, 0
        mov eax, [first]
        mov bx, [second]
        add eax, [third]
        mov [old], eax
        mov [buffer], bl
        mov dword [wide], 0
        leave
        ret
%pop
        bits 16
%push proc
%stacksize small
%arg i:word, j_ptr:word
func16: push bp
        mov bp, sp
        mov ax, [i]
        mov bx, [j_ptr]
        add ax, [bx]
        pop bp
        ret
%pop
        bits 64
%push proc
%stacksize flat64
%assign %$localsize 0
%local x:qword, y:dword
        enter %$localsize, 0
        mov [x], rax
        mov [y], ecx
        leave
        ret
%pop
        bits 16
%push proc
%stacksize large
%arg far_one:word
        mov ax, [far_one]
%pop
