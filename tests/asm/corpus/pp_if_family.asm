; Every member of the %if family, with its negation and its %elif form.
%define here
%define empty
%define text "abc"
%define numb 12
%macro two 2
%endmacro
%macro range 1-3
%endmacro
%macro yes 1
        db "Y", %1
%endmacro
%macro no 1
        db "N", %1
%endmacro
%ifdef here
        yes 1
%else
        no 1
%endif
%ifndef here
        yes 2
%elifdef numb
        no 2
%endif
%ifmacro two 2
        yes 3
%endif
%ifmacro two 3
        no 4
%elifmacro range 2
        yes 4
%endif
%ifnmacro nothing
        yes 5
%endif
%ifmacro two
        yes 6
%endif
%ifmacro range 1-3
        yes 7
%endif
%ifctx
        no 8
%else
        yes 8
%endif
%push frame
%ifctx frame
        yes 9
%endif
%ifnctx other
        yes 10
%elifctx frame
        no 10
%endif
%pop
%if numb > 10 && numb < 20
        yes 11
%elif numb == 12
        no 11
%else
        no 12
%endif
%ifn numb - 12
        yes 12
%elifn 0
        no 13
%endif
%ifidn text, "abc"
        yes 13
%endif
%ifidn text, "ABC"
        no 14
%elifidni text, "ABC"
        yes 14
%endif
%ifnidn a b, a  b
        no 15
%else
        yes 15
%endif
%ifnidni EAX, eax
        no 16
%else
        yes 16
%endif
%ifid label
        yes 17
%endif
%ifid 12
        no 18
%elifnum 12
        yes 18
%endif
%ifstr 'x'
        yes 19
%endif
%ifstr x
        no 20
%elifnstr x
        yes 20
%endif
%ifnum 0x1f
        yes 21
%endif
%ifnum 1+2
        yes 22
%else
        no 22
%endif
%ifnid 'a'
        yes 23
%endif
%ifnnum a
        yes 24
%endif
%iftoken one
        yes 25
%endif
%iftoken one two
        no 26
%elifntoken one two
        yes 26
%endif
%ifempty empty
        yes 27
%endif
%ifempty numb
        no 28
%elifnempty numb
        yes 28
%endif
%ifenv HOPEFULLY_NOT_IN_THE_ENVIRONMENT
        no 29
%else
        yes 29
%endif
%ifnenv HOPEFULLY_NOT_IN_THE_ENVIRONMENT
        yes 30
%endif
%ifnum -1
        yes 31
%else
        no 31
%endif
%ifid $name
        yes 32
%else
        no 32
%endif
%ifid ..@x
        yes 33
%else
        no 33
%endif
