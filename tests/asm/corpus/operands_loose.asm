; Commas at the end of a line.
        mov ax, cx,
        push bx,
        resb 2,
        db 1,
        dw 2,3,
        int 0x10,
; An address partly in front of its brackets.
table:  dw 1, 2
        mov ax, table[bx]
        mov ax, es:table[bx+si]
        mov table[di], al
        inc word table+2[bx]
        mov al, table[2]
        call table[bx]
        lea si, table[si-1]
        mov ax, later[bp]
bits 32
        mov eax, table[ebx*4]
        mov eax, fs:table[eax]
bits 64
        mov eax, table[rbx*4+8]
later:
; Wide strings as numbers.
bits 32
        mov ax, __utf16__('a')
        mov eax, __utf32__("b")
        mov eax, __?utf16le?__('ab')
        mov ax, __utf16be__('a')
        dw __utf16__('ab'), 1
        dd __utf32__ 'x'
; A register with the number of those that follow it.
bits 64
        v4fmaddps zmm0,zmm4+3,[rax]
        v4dpwssd zmm10+0,zmm12+3,[rax]
        vaddps zmm1,zmm2,zmm3
