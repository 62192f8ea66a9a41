; A label alone on its line that is a mnemonic misspelt: a warning.
        bits 16
        cil
        pusa
        rett
        hlt
