; Tabs wherever white space may stand, several in a row, and at the end of lines.
	bits	16
	org		0x100	
%define	A	5
%assign	B	A	+	1
%macro	put	1-2	7
	db	%1	,	%2
%endmacro
start:	mov	ax	,	[	bx	+	si	+	A	]	;	comment
		put	A	
	put	A	,	B
	times	3	db	"	tab	"
	dw	start	-	$$	,	B
.x:	jmp	short	.x
%if	A	==	5
	add	byte	[	bx	]	,	A
	%else
	nop
	%endif
	rep	movsb
	