; Sections that follow one another in a circle.
        section a follows=b
        db 1
        section b follows=a
        db 2
