; Strings with three kinds of quotes, all escapes of backquotes, padding in wider data.
        db 'single "inside"', "double 'inside'", `back 'both" \` quote`
        db `\'\"\`\\\?\a\b\t\n\v\f\r\e`
        db `\0\1\12\123\377\x41\xfF\x4`
        db `\u263a\u0041\u00e9\U0001F600\U000000A9`
        db `\101\60`, `mixed\ttext\n`, 0
        db 'no \n escapes', "nor \t here"
        db '', 1, "", 2, ``, 3
        dw 'a', 'ab', 'abc', 'abcd', "abcde"
        dd 'a', 'abc', 'abcd', 'abcde'
        dq 'a', 'abcdefgh', 'abcdefghi'
        dt 'a', 'abcdefghij', 'abcdefghijk'
        do 'abc'
        dy 'ymm'
        dz 'zmm'
        dw 'text', 13, 10
        db 'a' , 'b'+1 , 'c'-'a'
        db "semi;colon", ';', ";" ; comment "with quotes'
        db "percent %1 %macro %%", '%', "%!"
        dw __?utf16?__("grüß"), __?utf16le?__('é'), __?utf16be?__('é€')
        dd __?utf32?__("añ€😀"), __?utf32be?__('é'), __?utf32le?__('a')
        dw __?utf16?__(`\U0001F600x`)
        dw __utf16__ 'old', __utf16__("paren")
        dd __utf32__ 'old'
