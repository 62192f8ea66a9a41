; SHA-256 of so many blocks of zeros and their padding; gives the first word.
again:
    call block
    dec ebp
    jnz again
    ; The last block: a 1 bit, and the length in bits, both big-endian.
    mov eax, [heap + 256]
    shl eax, 9
    bswap eax
    mov [message + 60], eax
    mov byte [message], 0x80
    call block
    mov eax, [state]
    ret

; Stirs the state with the message.
block:
    inc dword [heap + 256]
    ; The message's 64 words.
    mov _si, message
    mov _di, heap
    mov cx, 16
.load:
    mov eax, [_si]
    bswap eax
    mov [_di], eax
    add _si, 4
    add _di, 4
    dec cx
    jnz .load
    mov cx, 48
.stretch:
    mov eax, [_di - 60]
    mov ebx, eax
    mov edx, eax
    ror eax, 7
    ror ebx, 18
    shr edx, 3
    xor eax, ebx
    xor eax, edx
    add eax, [_di - 64]
    mov ebx, [_di - 8]
    mov edx, ebx
    mov esi, ebx
    ror ebx, 17
    ror edx, 19
    shr esi, 10
    xor ebx, edx
    xor ebx, esi
    add eax, ebx
    add eax, [_di - 28]
    mov [_di], eax
    add _di, 4
    dec cx
    jnz .stretch
    ; The rounds, on a copy of the state.
    mov _si, state
    mov _di, work
    mov cx, 8
.copy:
    mov eax, [_si]
    mov [_di], eax
    add _si, 4
    add _di, 4
    dec cx
    jnz .copy
    mov _si, heap
    mov _di, constants
    mov cx, 64
.round:
    mov eax, [work + 16]
    mov ebx, eax
    mov edx, eax
    ror eax, 6
    ror ebx, 11
    xor eax, ebx
    mov ebx, edx
    ror ebx, 25
    xor eax, ebx
    mov ebx, edx
    not ebx
    and ebx, [work + 24]
    and edx, [work + 20]
    xor ebx, edx
    add eax, ebx
    add eax, [work + 28]
    add eax, [_si]
    add eax, [_di]
    ; eax is added to d, and with what follows becomes a.
    mov ebx, [work + 24]
    mov [work + 28], ebx
    mov ebx, [work + 20]
    mov [work + 24], ebx
    mov ebx, [work + 16]
    mov [work + 20], ebx
    mov ebx, [work + 12]
    add ebx, eax
    mov [work + 16], ebx
    mov ebx, [work]
    mov edx, ebx
    ror ebx, 2
    ror edx, 13
    xor ebx, edx
    ror edx, 9
    xor ebx, edx
    add eax, ebx
    mov ebx, [work]
    mov edx, ebx
    and ebx, [work + 4]
    and edx, [work + 8]
    xor ebx, edx
    mov edx, [work + 4]
    and edx, [work + 8]
    xor ebx, edx
    add eax, ebx
    mov ebx, [work + 8]
    mov [work + 12], ebx
    mov ebx, [work + 4]
    mov [work + 8], ebx
    mov ebx, [work]
    mov [work + 4], ebx
    mov [work], eax
    add _si, 4
    add _di, 4
    dec cx
    jnz .round
    ; What came out is added to the state.
    mov _si, work
    mov _di, state
    mov cx, 8
.add:
    mov eax, [_si]
    add [_di], eax
    add _si, 4
    add _di, 4
    dec cx
    jnz .add
    ret

align 64
message: times 16 dd 0
state:
    dd 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
work: times 8 dd 0
constants:
    dd 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5
    dd 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174
    dd 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da
    dd 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967
    dd 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85
    dd 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070
    dd 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3
    dd 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
