; lz77: compresses its input by references to earlier bytes, or with -d decompresses it.
;
; The idea of Lempel and Ziv from 1977: text repeats itself, so a repetition is written as a
; distance back and a length. The format is that of lz4(1), whose files are frames:
;
;     magic number, flags, size of blocks, checksum of these    04 22 4D 18 60 40 82
;     blocks, each after its length of 32 bits                  highest bit 1: not compressed
;     the length 0                                              the end
;
; A block is a list of sequences; the last one has no match:
;
;     token: 4 bits how many literals, 4 bits how long the match, less 4; 15: bytes of more follow
;     the literals, which are bytes as they are
;     the match: 16 bits how far back, lowest byte first
;
; To find matches, a table stores for each hash of four bytes the last position of such bytes. The
; applet does not search for the longest match: it takes the first one. So its output is somewhat
; longer than that of lz4. lz4 can read the output, and the applet can read lz4's.
;
; The applet writes independent blocks of 64 KiB. It reads blocks of up to 4 MiB that may refer to
; earlier blocks, and several frames in a row. It skips checksums without checking them. A damaged
; input is an error, with exit code 1.
;
; /// applet
; description = "Compress by LZ77 in lz4's format, or with -d decompress"
; memory = "32M"
; timeout = "none"
; ///

bits 64
default rel

%include "stdlib/base.inc"
%include "stdlib/io.inc"

need get_option

MAGIC     equ 0x184D2204
SKIPPABLE equ 0x184D2A50        ; to 0x184D2A5F: a frame with something else in it
BLOCK     equ 1 << 16           ; the bytes of a block when packing
WINDOW    equ 1 << 16           ; how far back a match can be
LARGEST   equ 4 << 20           ; the bytes of a block when unpacking
HASH_BITS equ 12
SHORTEST  equ 4                 ; the length of a match at least
END_PLAIN equ 5                 ; the format needs the last bytes of a block as literals,
END_MATCH equ 12                ; and no match to begin this near to its end

; The flags of a frame.
DICTIONARY       equ 1 << 0
CONTENT_CHECKSUM equ 1 << 2
CONTENT_SIZE     equ 1 << 3
BLOCK_CHECKSUM   equ 1 << 4

    call get_option
    cmp rax, -1
    je pack
    cmp al, 'd'
    jne usage
    call get_option
    cmp rax, -1
    je unpack
usage:
    warn "usage: lz77 [-d]"
    exit 2

; Packing.
pack:
    write header, HEADER
pack_next:
    lea rdi, [input]
    mov ecx, BLOCK
    call read_exactly           ; the last block may be shorter
    lea rcx, [input]
    sub rdi, rcx
    jz pack_end
    mov ebp, edi                ; rbp = the length of the block
    call pack_block
    lea rcx, [output + 4]
    sub rdi, rcx
    cmp edi, ebp
    jae store_block
    mov [output], edi
    add edi, 4
    write output, edi
    jmp pack_next
store_block:                    ; packed it would be longer
    mov eax, ebp
    bts eax, 31
    mov [output], eax
    write output, 4
    write input, ebp
    jmp pack_next
pack_end:
    xor eax, eax
    mov [output], eax
    write output, 4
    exit 0

; pack_block: the bytes of `input` as sequences, to output + 4.
; In: rbp how many. Out: rdi their end. Clobbers all registers but rbp.
pack_block:
    lea rdi, [table]            ; no four bytes are seen yet
    xor eax, eax
    mov ecx, 1 << HASH_BITS
    rep stosd

    lea r12, [input]            ; r12 = the first literal of the sequence
    mov rbx, r12                ; rbx = where we look
    lea r13, [r12 + rbp - END_MATCH]
    lea r14, [r12 + rbp - END_PLAIN]
    lea rdi, [output + 4]
    lea r15, [table]
.next:
    cmp rbx, r13
    ja .rest
    mov edx, [rbx]
    imul eax, edx, 0x9E3779B1   ; a multiplication carries each bit to the upper ones
    shr eax, 32 - HASH_BITS
    mov esi, [r15 + rax * 4]    ; where the hash was seen, an address or 0
    mov [r15 + rax * 4], ebx
    test esi, esi
    jz .no_match
    cmp edx, [rsi]              ; different bytes can have the same hash
    je .match
.no_match:
    inc rbx
    jmp .next

.match:
    mov r8d, SHORTEST           ; r8 = the length of the match
.longer:
    lea rcx, [rbx + r8]
    cmp rcx, r14
    jae .ends
    mov al, [rcx]
    cmp al, [rsi + r8]
    jne .ends
    inc r8
    jmp .longer
.ends:
    mov r9, rbx
    sub r9, rsi                 ; r9 = how far back
    lea r10, [r8 - SHORTEST]
    call .sequence
    mov [rdi], r9w
    add rdi, 2
    mov rax, r10
    call .more_of_length
    add rbx, r8
    mov r12, rbx
    jmp .next
.rest:                          ; the last sequence: literals only
    lea rbx, [input]
    add rbx, rbp
    xor r10d, r10d

.sequence:                      ; the token, the literals from r12 to rbx; r10 the match's length
    mov rcx, rbx
    sub rcx, r12
    mov eax, 15
    cmp rcx, rax
    cmovb eax, ecx
    shl eax, 4
    mov edx, 15
    cmp r10, rdx
    cmovb edx, r10d
    or eax, edx
    stosb
    mov rax, rcx
    call .more_of_length
    mov rsi, r12
    rep movsb
    ret

.more_of_length:                ; in: rax. Beyond 15 a length goes on in bytes, up to one below 255
    sub rax, 15
    jb .enough
.byte:
    cmp rax, 255
    jb .last
    mov byte [rdi], 255
    inc rdi
    sub rax, 255
    jmp .byte
.last:
    stosb
.enough:
    ret

; Unpacking, frame by frame: r14 = the flags of this frame.
unpack:
    call read_number
    jz done                     ; between frames the input may end
    jc damaged
    mov edx, eax
    and edx, ~15
    cmp edx, SKIPPABLE
    je skip_frame
    cmp eax, MAGIC
    jne not_lz4
    lea rdi, [input]
    mov ecx, 2                  ; flags, size of blocks
    call read_exactly
    jc damaged
    movzx r14d, byte [input]
    mov eax, r14d
    shr eax, 6
    cmp eax, 1                  ; the version
    jne not_lz4
    test r14d, DICTIONARY
    jnz not_lz4
    mov ecx, 1                  ; the checksum of the header
    test r14d, CONTENT_SIZE
    jz no_content_size
    add ecx, 8
no_content_size:
    call read_exactly
    jc damaged
    lea r13, [window + WINDOW]  ; r13 = the oldest byte there is to point back at

unpack_block:
    call read_number
    jc damaged
    test eax, eax
    jz end_of_frame
    btr eax, 31
    setc bl                     ; bl = 1: bytes as they are
    cmp eax, LARGEST
    ja damaged
    lea rdi, [input]
    mov ecx, eax
    call read_exactly
    jc damaged
    mov rbp, rdi                ; rbp = the end of the block
    lea rsi, [input]
    lea rdi, [window + WINDOW]
    test bl, bl
    jz sequences
    mov rcx, rbp
    sub rcx, rsi
    rep movsb
    jmp block_done
sequences:
    call unpack_sequences
block_done:
    lea rdx, [window + WINDOW]
    mov r12, rdi
    sub r12, rdx                ; r12 = how many bytes came out
    write window + WINDOW, r12d
    sub r13, r12                ; the last of them move down for the next block to point at
    lea rsi, [window]
    cmp r13, rsi
    cmovb r13, rsi
    lea rdi, [window]
    lea rsi, [rdi + r12]
    mov ecx, WINDOW
    rep movsb
    test r14d, BLOCK_CHECKSUM
    jz unpack_block
    call read_number
    jc damaged
    jmp unpack_block

end_of_frame:
    test r14d, CONTENT_CHECKSUM
    jz unpack
    call read_number
    jc damaged
    jmp unpack

skip_frame:
    call read_number
    jc damaged
    mov ebp, eax                ; rbp = how much of it is left
skip_more:
    test ebp, ebp
    jz unpack
    mov ecx, LARGEST
    cmp ecx, ebp
    cmova ecx, ebp
    sub ebp, ecx
    lea rdi, [input]
    call read_exactly
    jnc skip_more
damaged:
    warn "the input is damaged"
    exit 1
not_lz4:
    warn "the input is not of a format that this can read"
    exit 1
done:
    exit 0

; unpack_sequences: decodes the sequences of a block.
; In: rsi the sequences, rbp their end, rdi where the bytes go, r13 the oldest byte before them.
; Out: rdi after them. Clobbers rax, rcx, rdx, rsi, r8, r9.
unpack_sequences:
    lea r8, [window + WINDOW + LARGEST]
.next:
    cmp rsi, rbp
    jae damaged
    movzx edx, byte [rsi]       ; edx = the token
    inc rsi
    mov ecx, edx
    shr ecx, 4
    call .length
    mov rax, rbp
    sub rax, rsi
    cmp rcx, rax
    ja damaged                  ; literals beyond the end of the block
    call .check_room
    rep movsb
    cmp rsi, rbp
    je .end                     ; the last sequence has no match

    mov rax, rbp
    sub rax, rsi
    cmp rax, 2
    jb damaged
    movzx r9d, word [rsi]       ; r9 = how far back
    add rsi, 2
    test r9d, r9d
    jz damaged
    mov rax, rdi
    sub rax, r13
    cmp r9, rax
    ja damaged                  ; there is nothing so far back
    mov ecx, edx
    and ecx, 15
    call .length
    add rcx, SHORTEST
    call .check_room
    push rsi
    mov rsi, rdi
    sub rsi, r9
    rep movsb                   ; byte by byte: it may copy what it has just written
    pop rsi
    jmp .next
.end:
    ret

.length:                        ; rcx, and if it is 15 the bytes that follow, up to one below 255
    cmp ecx, 15
    jne .known
.more:
    cmp rsi, rbp
    jae damaged
    movzx eax, byte [rsi]
    inc rsi
    add rcx, rax
    cmp al, 255
    je .more
.known:
    ret

.check_room:                    ; a block has at most 4 MiB
    mov rax, r8
    sub rax, rdi
    cmp rcx, rax
    ja damaged
    ret

; read_exactly: reads until the buffer is full or the input ends.
; In: rdi where to, ecx how much. Out: rdi after it, CF = 1 if there was less. Clobbers rax, rcx.
read_exactly:
    test ecx, ecx
    jz .end                     ; CF = 0
    in eax, READ
    add rdi, rax
    sub ecx, eax
    test eax, eax
    jnz read_exactly
    stc
.end:
    ret

; read_number: 32 bits. Out: eax; ZF = 1 if the input ended before, CF = 1 within.
; Clobbers rcx, rdi.
read_number:
    lea rdi, [number]
    mov ecx, 4
    call read_exactly
    mov eax, [number]
    jnc .whole
    cmp ecx, 4                  ; nothing at all?
    stc                         ; leaves ZF
    ret
.whole:
    or edi, edi                 ; ZF = 0: an address is not 0; CF = 0
    ret

%include "stdlib/option.inc"

header:
    dd MAGIC
    db 0x60                     ; version 1, blocks for themselves
    db 0x40                     ; of at most 64 KiB
    db 0x82                     ; the second byte of the XXH32 of these two
HEADER equ $ - header

section .bss
    alignb 8
number:
    resd 1
table:
    resd 1 << HASH_BITS
output:
    resb 4 + BLOCK + BLOCK / 255 + 16
input:
    resb LARGEST
window:
    resb WINDOW + LARGEST
