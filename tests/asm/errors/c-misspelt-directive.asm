; Directives that are misspelt.
        bitss 16
        orgg 0x7c00
        sectoin .text
        algin 4
        tims 3 db 0
        resbb 3
        eque 5
