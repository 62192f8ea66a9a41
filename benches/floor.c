/* The floor: the least that it takes to boot one flat binary in a fresh KVM machine. No assembler, no
 * checks, no fault reports, no limits: what `applet` costs above this is what it adds.
 *
 *   cc -O2 -o floor floor.c
 *   ./floor real|protected|long FILE ORIGIN [MEMORY [TIMES]]
 *
 * Serves the ports STDOUT, EXIT, READ and WRITE. With TIMES it makes, boots, runs and takes down that
 * many machines in one process, one after the other, and prints the median of their times in
 * nanoseconds to standard error.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum mode { REAL, PROTECTED, LONG };

struct machine {
    int kvm, vm, cpu, run_size;
    struct kvm_run *run;
    uint8_t *ram;
    uint64_t size;
};

/* Gives the value of a call, or ends with what failed. */
static long must(long value, const char *what) {
    if (value == -1) err(125, "%s", what);
    return value;
}

static void create(struct machine *m, uint64_t size) {
    m->size = size;
    m->ram = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (m->ram == MAP_FAILED) err(125, "memory of the guest");
    m->kvm = must(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    m->vm = must(ioctl(m->kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    struct kvm_userspace_memory_region region = {.memory_size = size, .userspace_addr = (uint64_t)m->ram};
    must(ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
    m->cpu = must(ioctl(m->vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
    m->run_size = must(ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    m->run = mmap(NULL, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, m->cpu, 0);
    if (m->run == MAP_FAILED) err(125, "kvm_run");
}

/* Page tables at 0x1000 to 0x3FFF map the first GiB as it is, for ring 3. */
static void map_memory(uint8_t *ram) {
    uint64_t *table = (uint64_t *)(ram + 0x1000);
    table[0] = 0x2007;
    table[512] = 0x3007;
    for (uint64_t i = 0; i < 512; i++) table[1024 + i] = i << 21 | 0x87;
}

static void boot(struct machine *m, enum mode mode, uint64_t origin) {
    struct kvm_sregs s;
    must(ioctl(m->cpu, KVM_GET_SREGS, &s), "KVM_GET_SREGS");
    if (mode == REAL) {
        s.cs.base = s.cs.selector = 0;
    } else {
        int ring = mode == LONG ? 3 : 0;
        struct kvm_segment code = {.limit = 0xFFFFFFFF, .selector = 0x08 | ring, .type = 11, .present = 1,
                                   .dpl = ring, .db = mode == PROTECTED, .s = 1, .l = mode == LONG, .g = 1};
        struct kvm_segment data = code;
        data.selector = 0x10 | ring, data.type = 3, data.db = 1, data.l = 0;
        s.cs = code;
        s.ds = s.es = s.fs = s.gs = s.ss = data;
        s.cr0 |= 1;
    }
    if (mode == LONG) {
        map_memory(m->ram);
        s.cr3 = 0x1000, s.cr4 = 0x620, s.cr0 = 0x80000033, s.efer = 0x500;
    }
    must(ioctl(m->cpu, KVM_SET_SREGS, &s), "KVM_SET_SREGS");
    /* I/O privilege level 3 lets ring 3 at the ports. */
    struct kvm_regs r = {.rip = origin, .rflags = mode == LONG ? 0x3002 : 2, .rsp = mode == REAL ? origin : m->size};
    must(ioctl(m->cpu, KVM_SET_REGS, &r), "KVM_SET_REGS");
}

static int32_t move_buffer(struct machine *m, int is_reading) {
    struct kvm_regs r;
    must(ioctl(m->cpu, KVM_GET_REGS, &r), "KVM_GET_REGS");
    uint64_t at = is_reading ? r.rdi : r.rsi;
    if (at >= m->size || r.rcx > m->size - at) errx(134, "a buffer outside memory");
    return must(is_reading ? read(0, m->ram + at, r.rcx) : write(1, m->ram + at, r.rcx), "a stream");
}

/* Runs the guest to its end; the answer is its exit code. */
static int run(struct machine *m) {
    for (;;) {
        must(ioctl(m->cpu, KVM_RUN, 0), "KVM_RUN");
        if (m->run->exit_reason == KVM_EXIT_HLT) return 0;
        if (m->run->exit_reason != KVM_EXIT_IO) errx(134, "exit reason %u", m->run->exit_reason);
        uint8_t *data = (uint8_t *)m->run + m->run->io.data_offset;
        int32_t moved;
        switch (m->run->io.port) {
        case 0xE1:
            must(write(1, data, (size_t)m->run->io.size * m->run->io.count), "standard output");
            break;
        case 0xE3:
            return data[0];
        case 0xE4:
        case 0xE5:
            moved = move_buffer(m, m->run->io.port == 0xE4);
            memcpy(data, &moved, m->run->io.size);
            break;
        default:
            errx(134, "port %#x", m->run->io.port);
        }
    }
}

static void take_down(struct machine *m) {
    munmap(m->run, m->run_size);
    close(m->cpu);
    close(m->vm);
    close(m->kvm);
    munmap(m->ram, m->size);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    if (argc < 4) errx(2, "usage: floor real|protected|long FILE ORIGIN [MEMORY [TIMES]]");
    enum mode mode = argv[1][0] == 'r' ? REAL : argv[1][0] == 'p' ? PROTECTED : LONG;
    uint64_t origin = strtoull(argv[3], NULL, 0);
    uint64_t size = argc > 4 ? strtoull(argv[4], NULL, 0) : 16 << 20;
    struct machine m;

    if (argc < 6) {
        /* One run: the file goes straight into the guest's memory, and the system cleans up. */
        create(&m, size);
        int file = must(open(argv[2], O_RDONLY), argv[2]);
        must(read(file, m.ram + origin, size - origin), argv[2]);
        boot(&m, mode, origin);
        return run(&m);
    }

    static uint8_t image[1 << 16];
    int file = must(open(argv[2], O_RDONLY), argv[2]);
    size_t length = must(read(file, image, sizeof image), argv[2]);
    size_t times = strtoull(argv[5], NULL, 0);
    uint64_t *took = calloc(times, sizeof *took);
    if (times == 0 || took == NULL) errx(2, "TIMES is a number, at least 1");
    for (size_t i = 0; i < times; i++) {
        uint64_t start = now();
        create(&m, size);
        memcpy(m.ram + origin, image, length);
        boot(&m, mode, origin);
        run(&m);
        take_down(&m);
        took[i] = now() - start;
    }
    qsort(took, times, sizeof *took, by_value);
    fprintf(stderr, "%llu\n", (unsigned long long)took[times / 2]);
}
