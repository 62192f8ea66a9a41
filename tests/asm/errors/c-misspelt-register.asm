; A misspelt register in an operand.
        bits 32
        mov eaz, 1
        mov eax, ebxx
        mov eax, [esl+4]
        push r15e
