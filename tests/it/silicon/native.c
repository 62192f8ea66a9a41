/* Runs code on the processor of this host, from a given state until it raises an exception, and
 * tells the state then.
 *
 * Standard input holds a set-up (the memory that both sides have, and the local descriptors), then
 * batches of cases; standard output takes the outcomes. The one trick: every case ends in a signal,
 * whose handler finds the state in the frame that the kernel will restore. So it reads the outcome
 * from there, puts the next case there, and returns into it. It knows nothing of what is tested.
 */
#define _GNU_SOURCE
#include <asm/ldt.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    PAGES = 16,
    SIZE = PAGE * PAGES,
    WORDS = PAGE / 8,
    DESCRIPTORS = 16,
    /* What of the XSAVE area is kept: x87 and SSE, and the upper halves of the AVX registers. */
    LEGACY = 416,
    STATE_BITS = 512,
    HIGH = 576,
    EXTENDED = 832,
    STACK = 1 << 18,
    /* The vector of a case that does not end. */
    ENDLESS = 255,
};

struct state {
    uint64_t general[16]; /* rax rcx rdx rbx rsp rbp rsi rdi r8 ... */
    uint64_t ip, flags;
    uint16_t selector[8]; /* es cs ss ds fs gs */
    uint64_t fs_base, gs_base;
    uint8_t extended[EXTENDED];
};

struct outcome {
    struct state state;
    uint64_t cr2;
    uint32_t vector, error;
    uint64_t changes; /* so many pairs of address and word follow */
};

struct setup {
    uint64_t base;
    uint8_t access[PAGES]; /* 0 none, 1 read, 2 write, 3 execute too */
    struct {
        uint32_t base, limit;
        uint8_t is_used, big, contents, read_or_execute_only, pages, absent, unused[2];
    } descriptors[DESCRIPTORS];
    uint8_t memory[SIZE];
};

static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                              REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                              REG_R12, REG_R13, REG_R14, REG_R15};

static struct setup setup;
static uint8_t shadow[SIZE] __attribute__((aligned(64)));
static uint8_t *memory;

/* The batch: where the next case is, how many there are, which one runs. */
static const uint8_t *volatile in, *volatile patches;
static uint8_t *volatile out;
static volatile uint32_t count, patch_count;
static volatile int64_t current = -1, looked_at = -1;

/* The state of `main`, to go back to. */
static gregset_t own_registers;
static uint8_t own_extended[EXTENDED];
static uint16_t own_selectors[4];
static uint64_t own_fs, own_gs;

static void get_segments(uint16_t *es, uint16_t *ds, uint16_t *fs, uint16_t *gs, uint64_t *fs_base,
                         uint64_t *gs_base) {
    __asm__ volatile("mov %%es, %0" : "=r"(*es));
    __asm__ volatile("mov %%ds, %0" : "=r"(*ds));
    __asm__ volatile("mov %%fs, %0" : "=r"(*fs));
    __asm__ volatile("mov %%gs, %0" : "=r"(*gs));
    __asm__ volatile("rdfsbase %0" : "=r"(*fs_base));
    __asm__ volatile("rdgsbase %0" : "=r"(*gs_base));
}

static void set_segments(uint16_t es, uint16_t ds, uint16_t fs, uint16_t gs, uint64_t fs_base,
                         uint64_t gs_base, int with_bases) {
    __asm__ volatile("mov %0, %%es" ::"r"(es));
    __asm__ volatile("mov %0, %%ds" ::"r"(ds));
    __asm__ volatile("mov %0, %%fs" ::"r"(fs));
    __asm__ volatile("mov %0, %%gs" ::"r"(gs));
    if (with_bases) {
        __asm__ volatile("wrfsbase %0" ::"r"(fs_base));
        __asm__ volatile("wrgsbase %0" ::"r"(gs_base));
    }
}

static void copy(void *to, const void *from, uint64_t length) {
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length)::"memory");
}

/* Next number of the input. */
static uint32_t next(void) {
    uint32_t value;
    copy(&value, in, 4);
    in += 4;
    return value;
}

static void put_case(ucontext_t *context) {
    struct state state;
    copy(&state, in, sizeof state);
    in += sizeof state;
    patch_count = next();
    next();
    patches = in;
    for (uint32_t n = 0; n < patch_count; n++) {
        uint32_t at = next(), length = next();
        if (at > SIZE || length > SIZE - at)
            _exit(9);
        copy(memory + at, in, length);
        copy(shadow + at, in, length);
        in += (length + 7) & ~7u;
    }
    greg_t *registers = context->uc_mcontext.gregs;
    for (int n = 0; n < 16; n++)
        registers[order[n]] = (greg_t)state.general[n];
    registers[REG_RIP] = (greg_t)state.ip;
    registers[REG_EFL] = (greg_t)state.flags;
    registers[REG_CSGSFS] = (greg_t)(state.selector[1] | (uint64_t)state.selector[2] << 48);
    uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;
    copy(area, state.extended, LEGACY);
    copy(area + STATE_BITS, state.extended + STATE_BITS, 8);
    copy(area + HIGH, state.extended + HIGH, EXTENDED - HIGH);
    set_segments(state.selector[0], state.selector[3], state.selector[4], state.selector[5],
                 state.fs_base, state.gs_base, state.selector[6]);
}

/* The part of the XSAVE area that is kept, whole: what the kernel left out is as after reset. */
static void get_extended(uint8_t *to, const uint8_t *area) {
    uint64_t present;
    copy(&present, area + STATE_BITS, 8);
    for (int n = 0; n < EXTENDED; n++)
        to[n] = 0;
    if (present & 1) {
        copy(to, area, 24);
        copy(to + 32, area + 32, 128);
    } else {
        to[0] = 0x7F;
        to[1] = 0x03;
    }
    copy(to + 24, area + 24, 4);
    if (present & 2)
        copy(to + 160, area + 160, 256);
    if (present & 4)
        copy(to + HIGH, area + HIGH, EXTENDED - HIGH);
}

static void get_outcome(ucontext_t *context, uint32_t vector) {
    struct outcome *outcome = (struct outcome *)out;
    struct state *state = &outcome->state;
    const greg_t *registers = context->uc_mcontext.gregs;
    for (int n = 0; n < 16; n++)
        state->general[n] = (uint64_t)registers[order[n]];
    state->ip = (uint64_t)registers[REG_RIP];
    state->flags = (uint64_t)registers[REG_EFL];
    state->selector[1] = (uint16_t)registers[REG_CSGSFS];
    state->selector[2] = (uint16_t)(registers[REG_CSGSFS] >> 48);
    get_segments(&state->selector[0], &state->selector[3], &state->selector[4],
                 &state->selector[5], &state->fs_base, &state->gs_base);
    state->selector[6] = state->selector[7] = 0;
    get_extended(state->extended, (uint8_t *)context->uc_mcontext.fpregs);
    outcome->vector = vector;
    outcome->error = (uint32_t)registers[REG_ERR];
    outcome->cr2 = (uint64_t)registers[REG_CR2];
    outcome->changes = 0;
    uint64_t *change = (uint64_t *)(out + sizeof *outcome);
    for (int page = 0; page < PAGES; page++) {
        if (setup.access[page] < 2)
            continue;
        uint64_t *now = (uint64_t *)(memory + page * PAGE);
        const uint64_t *then = (const uint64_t *)(shadow + page * PAGE);
        const uint64_t *first = (const uint64_t *)(setup.memory + page * PAGE);
        for (int n = 0; n < WORDS; n++) {
            if (now[n] == then[n])
                continue;
            *change++ = (uint64_t)(page * PAGE + n * 8);
            *change++ = now[n];
            now[n] = first[n];
            outcome->changes++;
        }
    }
    out = (uint8_t *)change;
    const uint8_t *patch = patches;
    for (uint32_t n = 0; n < patch_count; n++) {
        uint32_t place[2];
        copy(place, patch, 8);
        copy(memory + place[0], setup.memory + place[0], place[1]);
        copy(shadow + place[0], setup.memory + place[0], place[1]);
        patch += 8 + ((place[1] + 7) & ~7u);
    }
}

static void advance(int signal, ucontext_t *context) {
    uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;
    uint32_t vector = (uint32_t)context->uc_mcontext.gregs[REG_TRAPNO];
    if (signal == SIGVTALRM) {
        int is_endless = current >= 0 && current == looked_at;
        looked_at = current;
        if (!is_endless)
            return;
        vector = ENDLESS;
    }
    if (current < 0) {
        copy(own_registers, context->uc_mcontext.gregs, sizeof own_registers);
        copy(own_extended, area, EXTENDED);
        get_segments(&own_selectors[0], &own_selectors[1], &own_selectors[2], &own_selectors[3],
                     &own_fs, &own_gs);
    } else {
        get_outcome(context, vector);
    }
    current++;
    if (current < count) {
        put_case(context);
        return;
    }
    current = looked_at = -1;
    copy(context->uc_mcontext.gregs, own_registers, sizeof own_registers);
    copy(area, own_extended, LEGACY);
    copy(area + STATE_BITS, own_extended + STATE_BITS, EXTENDED - STATE_BITS);
    set_segments(own_selectors[0], own_selectors[1], own_selectors[2], own_selectors[3], own_fs,
                 own_gs, 1);
}

static void handler(int signal, siginfo_t *information, void *context) {
    (void)information;
    /* AC and NT stay as the case had them. */
    __asm__ volatile("pushq $2; popfq" ::: "memory", "cc");
    advance(signal, context);
}

/* Runs a batch: the first signal finds no case, and starts the first one. */
__attribute__((noinline)) static void run(void) {
    __asm__ volatile("int3" ::: "memory");
}

static int move(int number, void *bytes, uint64_t length) {
    uint8_t *at = bytes;
    while (length > 0) {
        ssize_t moved = number ? write(1, at, length) : read(0, at, length);
        if (moved <= 0)
            return 0;
        at += moved;
        length -= (uint64_t)moved;
    }
    return 1;
}

static void prepare(void) {
    void *place = (void *)(uintptr_t)setup.base;
    memory = mmap(place, SIZE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (memory != place)
        _exit(2);
    copy(memory, setup.memory, SIZE);
    copy(shadow, setup.memory, SIZE);
    static const int protection[4] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE,
                                      PROT_READ | PROT_WRITE | PROT_EXEC};
    for (int page = 0; page < PAGES; page++)
        if (mprotect(memory + page * PAGE, PAGE, protection[setup.access[page] & 3]))
            _exit(3);
    for (unsigned n = 0; n < DESCRIPTORS; n++) {
        if (!setup.descriptors[n].is_used)
            continue;
        struct user_desc entry = {
            .entry_number = n,
            .base_addr = setup.descriptors[n].base,
            .limit = setup.descriptors[n].limit,
            .seg_32bit = setup.descriptors[n].big,
            .contents = setup.descriptors[n].contents,
            .read_exec_only = setup.descriptors[n].read_or_execute_only,
            .limit_in_pages = setup.descriptors[n].pages,
            .seg_not_present = setup.descriptors[n].absent,
            .useable = 1,
        };
        if (syscall(SYS_modify_ldt, 0x11, &entry, sizeof entry))
            _exit(4);
    }
}

static void listen(void) {
    stack_t stack = {.ss_size = STACK};
    stack.ss_sp = mmap(0, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, 0))
        _exit(5);
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigfillset(&action.sa_mask);
    static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGVTALRM};
    for (unsigned n = 0; n < sizeof signals / sizeof *signals; n++)
        sigaction(signals[n], &action, 0);
    /* It counts the program's own time, so that a busy host makes no case endless. */
    struct itimerval timer = {{0, 50000}, {0, 50000}};
    setitimer(ITIMER_VIRTUAL, &timer, 0);
}

int main(void) {
    if (!move(0, &setup, sizeof setup))
        return 1;
    prepare();
    listen();
    /* Random code must not get at the host: from here on there are only read, write, exit and the
     * return from a signal. */
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
        return 6;
    static uint8_t cases[1 << 24], outcomes[1 << 26];
    uint32_t head[2];
    while (move(0, head, sizeof head)) {
        if (head[0] > sizeof cases || !move(0, cases, head[0]))
            break;
        in = cases;
        out = outcomes + 8;
        count = head[1];
        run();
        uint64_t length = (uint64_t)(out - outcomes) - 8;
        copy(outcomes, &length, 8);
        if (!move(1, outcomes, length + 8))
            break;
    }
    syscall(SYS_exit, 0);
}
