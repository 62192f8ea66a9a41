; Bytes that are not UTF-8: Latin-1 (café) and code page 437 in comments, names and strings.
box:    db "ÉÍÍ»", 0xE9, 'é'
été:    db `\xe9é\n`, "Ã©"
        dw "é", 'ÄÅ', été
%define text "éêë"
%strlen length text
        db length, %strlen('³')
%substr part text 2
        db part, %substr(text,3)
%defstr name nöön
        db name
%deftok token "été"
        dw token
%macro say 1+
        db %1, %str(%1)
%endmacro
        say "ÿş"
%if "é" == "é"
        mov al, "é"
%endif
%ifidni "éA", "éa"
        db 1
%endif
