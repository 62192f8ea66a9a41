; Words for prefix bytes, and prefixes that NASM adds by itself.
        bits 64
        osp rdfsbase rax
        osp rdfsbase eax
        asp lodsb
        asp lodsq
        osp lodsb
        osp lodsd
        osp mov eax, ebx
        osp mov rax, rbx
        asp mov eax, ebx
        osp nop
        asp nop
        osp push rax
        o16 rdfsbase rax
        o64 lodsb
        rep xcryptecb
        xcryptecb
        repne xcryptecb
        rep xcryptcbc
        rep xsha1
        xsha1
        rep xsha256
        rep montmul
        montmul
        rep xstore
        xstore
        lock xstore
        mov eax, [a32 0xb800]
        mov eax, [a32 qword 0xaaaaaaaa]
        mov eax, [a32 dword 0xaaaaaaaa]
        mov rax, [a32 qword 0xaaaaaaaa]
        mov ebx, [a32 qword 0xaaaaaaaa]
        mov eax, [qword 0xaaaaaaaa]
        mov al, [a32 abs qword 0xaa]
        rep mov [0x1234], eax
        ldtilecfg [rax]
        bits 32
        xrelease mov [0x1234], eax
        xrelease mov [sym], al
        rep mov [sym], eax
        repne mov [sym], eax
        mov [sym], eax
        xacquire lock mov [sym], eax
sym:    osp lodsb
        asp lodsb
        osp mov eax, ebx
        bits 16
        osp lodsb
        asp lodsb
        asp mov ax, [0x1234]
        osp mov ax, bx
        mov ax, [dword 0x1234]
        xrelease mov [sym], ax
        osp
        asp
