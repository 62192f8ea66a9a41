; A structure that is never closed, one within it, and code inside.
struc point
.x:     resd 1
        mov eax, ebx
struc inner
.y:     resd 1
        db 1
