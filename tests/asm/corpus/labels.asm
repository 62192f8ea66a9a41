; Labels: local ones across non-local ones, ..@ ones, $names, odd characters, no colon, alone.
        bits 32
one:
.loop:  dec eax
        jnz .loop
.a:     jmp two.loop
two:
.loop:  dec ebx
        jnz .loop
        jmp one.loop
..@special:
        nop
        jmp .loop               ; ..@ does not begin a new scope
        jmp ..@special
nocolon nop
alone
        jmp nocolon
        jmp alone
$eax:   mov eax, $eax
$mov    dd $mov, $eax
        mov eax, [$ebx]
$ebx:   jmp $ebx
$normal: jmp normal
normal2: jmp $normal2
_under: jmp _under
a$b#c@d~e.f?g: jmp a$b#c@d~e.f?g
?quest: jmp ?quest
@at:    jmp @at
.x:     jmp @at.x
.x.y:   jmp .x.y
very_long_label_name_that_goes_on_and_on_for_a_good_while_and_then_some_more_0123456789:
        jmp very_long_label_name_that_goes_on_and_on_for_a_good_while_and_then_some_more_0123456789
Case:   jmp case
case:   jmp Case
