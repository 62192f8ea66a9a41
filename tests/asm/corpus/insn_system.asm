; System instructions: descriptor tables, control and debug registers, MSRs, caches, VMX, SVM.
        bits 16
        lgdt [label]
        lidt [bx]
        sgdt [bx+2]
        sidt [si]
        lldt ax
        lldt [bx]
        ltr cx
        ltr word [bx]
        sldt ax
        sldt [bx]
        sldt eax
        str dx
        str [bx]
        lmsw ax
        lmsw [bx]
        smsw ax
        smsw eax
        smsw [bx]
        clts
        lar ax, bx
        lar eax, [bx]
        lsl cx, dx
        lsl ecx, [si]
        verr ax
        verw [bx]
        mov eax, cr0
        mov cr0, eax
        mov cr4, ecx
        mov eax, dr7
        mov dr3, ebx
        invd
        wbinvd
        invlpg [bx]
        rdmsr
        wrmsr
        rdpmc
        rsm
label:  dw 0
        dd 0
        bits 32
        lgdt [eax]
        lidt [label2]
        sgdt [esp]
        ltr ax
        str eax
        str ax
        sldt eax
        smsw eax
        lmsw cx
        lar eax, ebx
        lar eax, bx
        lsl eax, [ebx]
        verr [eax]
        mov cr3, eax
        mov eax, cr2
        mov edx, dr6
        invlpg [eax+4]
        invpcid eax, [ebx]
        mov eax, ds
        mov ss, eax
        mov [eax], cs
        mov word [eax], ss
        vmcall
        vmlaunch
        vmresume
        vmxoff
        vmxon [eax]
        vmptrld [eax]
        vmptrst [eax]
        vmclear [eax]
        vmread eax, ebx
        vmread [eax], ebx
        vmwrite ebx, [eax]
        vmfunc
        invept eax, [ebx]
        invvpid eax, [ebx]
        vmrun
        vmmcall
        vmload
        vmsave
        stgi
        clgi
        invlpga
        getsec
        monitor
        mwait
        xsave [eax]
        xrstor [eax]
        xsaveopt [eax]
        xsavec [eax]
        xsaves [eax]
        xsetbv
        xgetbv
        clac
        stac
        encls
        enclu
label2: dw 0
        bits 64
        lgdt [rax]
        lidt [rel label2]
        sgdt [r8]
        ltr ax
        str rax
        sldt r8d
        sldt rax
        smsw rax
        lmsw ax
        lar rax, ebx
        lar rax, [rbx]
        lsl r8, [rax]
        invpcid rax, [rbx]
        invlpg [r9]
        swapgs
        syscall
        sysret
        mov ds, eax
        mov rax, ss
        mov es, r8
        rdfsbase eax
        wrgsbase r9
        xsave64 [rax]
        xrstor64 [rax]
        xsaveopt64 [r8]
        vmread rax, r8
        vmwrite r9, [rax]
        wbnoinvd
        clzero
        serialize
        hreset 3
        rdpkru
        wrpkru
        pconfig
        umonitor rax
        umwait eax
        tpause ecx
        movdiri [rax], rbx
        movdir64b rax, [rbx]
        cldemote [rax]
        incsspd eax
        incsspq rax
        rdsspq rbx
        saveprevssp
        rstorssp [rax]
        wrssd [rax], ebx
        wrussq [rax], rbx
        setssbsy
        clrssbsy [rax]
