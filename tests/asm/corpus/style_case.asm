; Mixed case in mnemonics, registers, directives, sizes, prefixes, numbers; labels keep theirs.
        BITS 16
        Org 0X100
Start:  MOV Ax, 0FFh
        mOv bX, [Bx+SI]
        Add BYTE [bX], 5
Ptr_    EQU 5
        JMP Short Start
        jMp start
start:  REP MovSB
        ES LodSB
        LOCK Inc WORD [BX]
        DB 'Text', 0XaB, 0aBh, 1010B
        Dw Start, start
        TIMES 3 Nop
        Call Near Start
        Jmp FAR [BX]
        Align 16, DB 0
        ReSB 2
        Section .DATA
        DB 1
        SEGMENT .data
        DB 2
        Struc Point
        .X: RESW 1
        .x: ResW 1
        EndStruc
        DB Point.X, Point.x, Point_size
%DEFINE Up 1
%Define up 2
%IFDEF Up
        db Up, up
%ENDIF
%Macro Mac 1
        db %1
%EndMacro
        Mac 3
%REP 2
        db 4
%EndRep
        Use32
        MOVZX Eax, Byte [EBX+Ecx*4]
        Default ABS
        USE64
        Mov R8, RAX
        Lea rAX, [REL Start]
        VAddPS Zmm0{K1}{Z}, ZMM1, Zmm2, {RN-SAE}
