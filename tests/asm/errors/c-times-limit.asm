; More output than anything could hold.
        times 1<<40 db 0
        resb 1<<41
        db 1
