; UTF-8 in comments and strings: Grüße, 你好, emoji 😀, a byte-order mark is not here.
        db "Grüße", 0           ; straße
        db 'привет', "你好", `日本\u672c`
        db "😀"
        dw 'é', "ü"
        dd '€', '😀'
%strlen bytes "äöü"
        db bytes
%substr one "äöü" 1,2
        db one
%defstr défini naïve
        db défini
étiquette:
        dw étiquette
größe   equ 5
        db größe
        mov ax, größe           ; ← here
        dw __?utf16?__("你好"), __?utf16?__("😀")
        dd __?utf32?__("ÿ")
