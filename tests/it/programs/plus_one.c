/* The second program as it was first written: C without a C library, linked at address 0. It takes
 * a byte, answers with the next one, and halts at 42. */

static void read_byte(unsigned char *to) {
    __asm__ volatile("insb" : "+D"(to) : "d"(0xE0) : "memory");
}

static void write_byte(const unsigned char *from) {
    __asm__ volatile("outsb" : "+S"(from) : "d"(0xE1) : "memory");
}

/* Nobody called it: there is nothing to return to. */
void _start(void) {
    unsigned char value;
    for (;;) {
        read_byte(&value);
        if (value == 42) __asm__ volatile("hlt");
        value++;
        write_byte(&value);
    }
}
