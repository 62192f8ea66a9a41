; Source for MASM.
.model small
.stack 100h
.data
msg     db "hi$"
.code
main    proc
        mov ax, @data
        mov ds, ax
        mov dx, offset msg
        mov ah, 9
        int 21h
main    endp
end     main
