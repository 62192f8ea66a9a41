; The end of a text as DOS wrote it.
	db 1, __LINE__
