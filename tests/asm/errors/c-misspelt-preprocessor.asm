; Preprocessor directives that do not exist.
%defin A 1
%asign B 2
%inlcude "file.inc"
%if 1
%esle
%endif
        db 1
