; Values from the manual's examples and by hand: decimal arithmetic, wide shifts, divisions at
; their edges, counts of bits. Exits with the number of the first check that fails.
bits 32
%macro check 2
        inc ebx
        cmp %1, %2
        jne fail
%endmacro
start:  xor ebx, ebx
        mov eax, 0x79                   ; 1: 79 + 35 = 114 in packed digits
        add al, 0x35
        daa
        mov ah, 0
        adc ah, 0
        check eax, 0x114
        mov eax, 0x35                   ; 2: 35 - 47 = 88 with a borrow
        sub al, 0x47
        das
        mov ah, 0
        adc ah, 0
        check eax, 0x188
        mov eax, 0x0106                 ; 3: 16 + 7, unpacked
        add al, 7
        aaa
        check ax, 0x0203
        mov eax, 0x0203                 ; 4: 23 - 4
        sub al, 4
        aas
        check ax, 0x0109
        mov eax, 97                     ; 5, 6: to digits and back
        aam
        check ax, 0x0907
        aad
        check ax, 97
        mov eax, 0x12345678             ; 7: a field of 12 bits moved in
        mov edx, 0x9ABCDEF0
        shld eax, edx, 12
        check eax, 0x456789AB
        shrd eax, edx, 8                ; 8
        check eax, 0xF0456789
        mov edx, -1                     ; 9: the least quotient that fits
        mov eax, 0x80000000
        mov ecx, 1
        idiv ecx
        check eax, 0x80000000
        mov edx, 0xFFFFFFFE             ; 10: the greatest dividend that fits
        mov eax, 0xFFFFFFFF
        mov ecx, 0xFFFFFFFF
        div ecx
        check eax, 0xFFFFFFFF
        check edx, 0xFFFFFFFE           ; 11
        mov eax, -7                     ; 12, 13: the rest has the sign of the dividend
        cdq
        mov ecx, 2
        idiv ecx
        check eax, -3
        check edx, -1
        mov eax, 0x80000001             ; 14: through carry, 33 bits around
        stc
        rcl eax, 1
        check eax, 3
        mov eax, 0                      ; 15: crc32 of "123456789" is 0xE3069283
        not eax
        xor ecx, ecx
.crc:   crc32 eax, byte [text + ecx]
        inc ecx
        cmp ecx, 9
        jb .crc
        not eax
        check eax, 0xE3069283
        mov eax, 0xF0F0                 ; 16, 17: pext and pdep undo each other
        mov ecx, 0x12345678
        pext edx, ecx, eax
        check edx, 0x57
        pdep edx, edx, eax
        check edx, 0x5070
        mov eax, 0x00010000             ; 18, 19, 20
        lzcnt ecx, eax
        check ecx, 15
        tzcnt ecx, eax
        check ecx, 16
        mov eax, 0xFFFF00FF
        popcnt ecx, eax
        check ecx, 24
        mov eax, 5                      ; 21: enter makes a frame with two levels
        mov ebp, esp
        mov edi, esp
        enter 8, 2
        mov eax, edi
        sub eax, esp
        leave
        check eax, 20
        check esp, edi                  ; 22
        xor ebx, ebx
fail:   mov eax, ebx
        out 0xE3, al
text:   db "123456789"
