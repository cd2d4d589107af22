// SPDX-License-Identifier: MIT
/*
 * bench.c - process-creation, paging and IPC micro-benchmarks.
 *
 * One static, freestanding x86-64 binary that uses the Linux system-call ABI
 * and nothing else: no libc, no TLS, no FPU or SSE registers, no auxiliary
 * vector.  The same file runs unmodified on Linux and on any kernel that
 * implements the calls below, so that the two can be compared figure by
 * figure under the same emulator.
 *
 *   required   write(1) brk(12) fork(57) exit(60) wait4(61)
 *   per group  getppid(110)                      null_syscall
 *              vfork(58)                         vfork_*
 *              clone(56) CLONE_VM|CLONE_VFORK    spawn_*
 *              execve(59) [vfork(58)]            *_exec_*
 *              pipe(22) read(0)                  pipe_*, *.liveN, exec_call
 *              sysinfo(99) [pipe read]           cow_overhead.*
 *   optional   clock_gettime(228)  converts cycles to ns
 *              getpid(39) reboot(169)  powers off when run as pid 1
 *
 * A call that answers -ENOSYS (or fails in any other way) skips its figures
 * with a SKIP line; everything else still runs.  A wrong result, such as a
 * child that sees the wrong memory, prints a FAIL line.
 *
 * Output, one line per figure (all times in ns and in TSC cycles):
 *
 *   BENCH name n=N ns min=.. med=.. p99=.. cyc min=.. med=.. p99=..
 *   MEM   name key=value ...
 *
 * Arguments: "tiny=PATH" names the program to execute (default /tiny), and
 * "maxmb=N" caps the touched heaps (default 256).
 */

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long s64;

#define PAGE 4096UL
#define MIB (1024UL * 1024UL)
#define MAXN 1000 /* samples per figure, pages per page test */
#define WARMUP 5
#define CHILD_OK 7          /* exit status of a child that did its job */
#define CHUNK (64 * 1024UL) /* pipe bandwidth transfer unit */

/* ------------------------------------------------------------------ */
/* System calls                                                        */

enum {
    SYS_read = 0,
    SYS_write = 1,
    SYS_brk = 12,
    SYS_pipe = 22,
    SYS_getpid = 39,
    SYS_clone = 56,
    SYS_fork = 57,
    SYS_vfork = 58,
    SYS_execve = 59,
    SYS_exit = 60,
    SYS_wait4 = 61,
    SYS_sysinfo = 99,
    SYS_getppid = 110,
    SYS_reboot = 169,
    SYS_clock_gettime = 228,
};

static inline s64 sys4(s64 nr, s64 a, s64 b, s64 c, s64 d) {
    s64 ret;
    register s64 r10 __asm__("r10") = d;

    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return ret;
}

#define sys0(nr) sys4(nr, 0, 0, 0, 0)
#define sys1(nr, a) sys4(nr, (s64)(a), 0, 0, 0)
#define sys2(nr, a, b) sys4(nr, (s64)(a), (s64)(b), 0, 0)
#define sys3(nr, a, b, c) sys4(nr, (s64)(a), (s64)(b), (s64)(c), 0)

static __attribute__((noreturn)) void die(int status) {
    for (;;)
        sys1(SYS_exit, status);
}

/*
 * vfork and clone(CLONE_VM|CLONE_VFORK) share the parent's memory, so the
 * child must not return through the parent's stack frame: the whole life of
 * the child is written out in assembly.
 *
 *   s64 vfork_exit(void)
 *   s64 vfork_exec(const char *path, char **argv, char **envp)
 *   s64 spawn_exec(const char *path, char **argv, char **envp, void *stack)
 *
 * Each returns the child's pid (or a negative errno) in the parent.
 */
s64 vfork_exit(void);
s64 vfork_exec(const char *path, char **argv, char **envp);
s64 spawn_exec(const char *path, char **argv, char **envp, void *stack);

__asm__(".text\n"
        ".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n" /* argc, argv[] as the kernel left them */
        "    and $-16, %rsp\n"
        "    call bench_main\n"
        "    hlt\n"

        ".globl vfork_exit\n"
        "vfork_exit:\n"
        "    mov $58, %eax\n"
        "    syscall\n"
        "    test %rax, %rax\n"
        "    jnz 1f\n"
        "    mov $7, %edi\n" /* CHILD_OK */
        "    mov $60, %eax\n"
        "    syscall\n"
        "    hlt\n"
        "1:  ret\n"

        ".globl vfork_exec\n"
        "vfork_exec:\n"
        "    mov $58, %eax\n" /* the kernel preserves rdi, rsi, rdx */
        "    syscall\n"
        "    test %rax, %rax\n"
        "    jnz 1f\n"
        "    mov $59, %eax\n"
        "    syscall\n"
        "    mov $127, %edi\n" /* execve came back: it failed */
        "    mov $60, %eax\n"
        "    syscall\n"
        "    hlt\n"
        "1:  ret\n"

        ".globl spawn_exec\n"
        "spawn_exec:\n"
        "    push %rbx\n"
        "    push %rbp\n"
        "    push %r12\n"
        "    mov %rdi, %rbx\n"
        "    mov %rsi, %rbp\n"
        "    mov %rdx, %r12\n"
        "    mov %rcx, %rsi\n"    /* child stack */
        "    mov $0x4111, %edi\n" /* CLONE_VM|CLONE_VFORK|SIGCHLD */
        "    xor %edx, %edx\n"
        "    xor %r10d, %r10d\n"
        "    xor %r8d, %r8d\n"
        "    mov $56, %eax\n"
        "    syscall\n"
        "    test %rax, %rax\n"
        "    jnz 1f\n"
        "    mov %rbx, %rdi\n"
        "    mov %rbp, %rsi\n"
        "    mov %r12, %rdx\n"
        "    mov $59, %eax\n"
        "    syscall\n"
        "    mov $127, %edi\n"
        "    mov $60, %eax\n"
        "    syscall\n"
        "    hlt\n"
        "1:  pop %r12\n"
        "    pop %rbp\n"
        "    pop %rbx\n"
        "    ret\n");

/* The compiler may emit calls to these two even in freestanding code. */
void *memset(void *d, int c, u64 n) {
    for (u8 *p = d; n--;)
        *p++ = (u8)c;
    return d;
}

void *memcpy(void *d, const void *s, u64 n) {
    u8 *p = d;

    for (const u8 *q = s; n--;)
        *p++ = *q++;
    return d;
}

/* ------------------------------------------------------------------ */
/* Output                                                              */

static char line[256];
static u32 line_len;

static void put(const char *s) {
    while (*s && line_len < sizeof line)
        line[line_len++] = *s++;
}

static void put_num(u64 v) {
    char digits[24];
    int i = sizeof digits - 1;

    digits[i] = 0;
    do
        digits[--i] = '0' + v % 10;
    while (v /= 10);
    put(digits + i);
}

static void put_kv(const char *key, u64 v) {
    put(" ");
    put(key);
    put("=");
    put_num(v);
}

static void put_signed_kv(const char *key, s64 v) {
    put(" ");
    put(key);
    put(v < 0 ? "=-" : "=");
    put_num(v < 0 ? -v : v);
}

static void flush(void) {
    put("\n");
    sys3(SYS_write, 1, line, line_len);
    line_len = 0;
}

static void skip(const char *name, const char *suffix, s64 err) {
    put("SKIP ");
    put(name);
    put(suffix);
    put_signed_kv("err", err);
    flush();
}

static void fail(const char *name, const char *suffix, const char *why) {
    put("FAIL ");
    put(name);
    put(suffix);
    put(" ");
    put(why);
    flush();
}

/* ------------------------------------------------------------------ */
/* Time                                                                */

struct timespec {
    s64 sec, nsec;
};

static u64 tsc_khz = 1000000; /* 1 GHz: right under -icount shift=0 */

static inline u64 rdtsc(void) {
    u32 lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
    return (u64)hi << 32 | lo;
}

/* Monotonic ns, or -1 where the kernel has no clock_gettime. */
static s64 mono_ns(void) {
    struct timespec ts = {0, 0};

    if (sys2(SYS_clock_gettime, 1, &ts) < 0)
        return -1;
    return ts.sec * 1000000000 + ts.nsec;
}

static u64 to_ns(u64 cyc) {
    return cyc * 1000000 / tsc_khz; /* good for two hours at 2.6 GHz */
}

static void calibrate(void) {
    s64 n0 = mono_ns(), n1;
    u64 c0 = rdtsc(), c1;

    if (n0 < 0) {
        put("CLOCK none, assuming 1 GHz");
        flush();
        return;
    }
    do {
        n1 = mono_ns();
        c1 = rdtsc();
    } while (n1 >= n0 && n1 - n0 < 50000000 && c1 - c0 < 50000000000UL);
    if (n1 - n0 < 1000000) {
        put("CLOCK stuck, assuming 1 GHz");
        flush();
        return;
    }
    tsc_khz = (c1 - c0) * 1000 / ((u64)(n1 - n0) / 1000);
}

/* ------------------------------------------------------------------ */
/* Samples                                                             */

static u64 sample_a[MAXN], sample_b[MAXN];

static void sort(u64 *v, int n) {
    for (int gap = n / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (int i = gap; i < n; i++) {
            u64 x = v[i];
            int j = i;

            for (; j >= gap && v[j - gap] > x; j -= gap)
                v[j] = v[j - gap];
            v[j] = x;
        }
}

/* Sorts v and prints its figures, each sample divided by div. */
static void report_div(const char *name, const char *suffix, u64 *v, int n, u64 div) {
    u64 stat[3];
    static const char *const key[3] = {"min", "med", "p99"};

    sort(v, n);
    stat[0] = v[0] / div;
    stat[1] = v[n / 2] / div;
    stat[2] = v[(n * 99 + 99) / 100 - 1] / div;

    put("BENCH ");
    put(name);
    put(suffix);
    put_kv("n", n);
    put(" ns");
    for (int i = 0; i < 3; i++)
        put_kv(key[i], to_ns(stat[i]));
    put(" cyc");
    for (int i = 0; i < 3; i++)
        put_kv(key[i], stat[i]);
    flush();
}

static void report(const char *name, const char *suffix, u64 *v, int n) {
    report_div(name, suffix, v, n, 1);
}

/* ------------------------------------------------------------------ */
/* Building blocks                                                     */

static u8 *heap_base;

/* Makes the heap exactly size bytes of fresh memory; 0 or a negative errno. */
static s64 heap_set(u64 size) {
    s64 want = (s64)heap_base + size;
    s64 got = sys1(SYS_brk, heap_base);

    if (size)
        got = sys1(SYS_brk, want);
    return got == want ? 0 : got < 0 ? got : -12;
}

static void heap_touch(u64 size) {
    for (u64 off = 0; off < size; off += PAGE)
        *(volatile u64 *)(heap_base + off) = off + 1;
}

/* Waits for pid; 0 when it exited with the wanted status. */
static s64 reap(s64 pid, int want) {
    int status = -1;
    s64 r = sys4(SYS_wait4, pid, (s64)&status, 0, 0);

    if (r < 0)
        return r;
    return status == want << 8 ? 0 : -1;
}

static int req[2], rsp[2]; /* parent -> child, child -> parent */
static s64 pipes_err;

static void init_pipes(void) {
    pipes_err = sys1(SYS_pipe, req);
    if (pipes_err >= 0)
        pipes_err = sys1(SYS_pipe, rsp);
}

/* Reads exactly n bytes; 0 or a negative errno. */
static s64 read_full(int fd, void *buf, u64 n) {
    for (u8 *p = buf; n;) {
        s64 r = sys3(SYS_read, fd, p, n);

        if (r <= 0)
            return r ? r : -5;
        p += r;
        n -= r;
    }
    return 0;
}

static s64 write_full(int fd, const void *buf, u64 n) {
    for (const u8 *p = buf; n;) {
        s64 r = sys3(SYS_write, fd, p, n);

        if (r <= 0)
            return r ? r : -5;
        p += r;
        n -= r;
    }
    return 0;
}

/* ------------------------------------------------------------------ */
/* Figures                                                             */

static void bench_base(void) {
    for (int i = 0; i < MAXN; i++) {
        u64 t = rdtsc();

        sample_a[i] = rdtsc() - t;
    }
    report("timer_overhead", "", sample_a, MAXN);

    if (sys0(SYS_getppid) < 0) {
        skip("null_syscall", "", sys0(SYS_getppid));
        return;
    }
    /* 100 calls to a sample, so that the timer costs nothing. */
    for (int i = 0; i < MAXN; i++) {
        u64 t = rdtsc();

        for (int j = 0; j < 100; j++)
            sys0(SYS_getppid);
        sample_a[i] = rdtsc() - t;
    }
    report_div("null_syscall", "", sample_a, MAXN, 100);
}

/*
 * fork_call: from the call to its return in the parent.  It includes the
 * child's whole life on a kernel that lets the child run first.
 * fork_exit_wait: fork, _exit in the child, wait4 in the parent.
 */
static void bench_fork(const char *suffix, int n, int with_call) {
    for (int i = -WARMUP; i < n; i++) {
        u64 t0 = rdtsc(), t1;
        s64 pid = sys0(SYS_fork);

        if (pid == 0)
            die(CHILD_OK);
        t1 = rdtsc();
        if (pid < 0) {
            skip("fork_exit_wait", suffix, pid);
            return;
        }
        if (reap(pid, CHILD_OK)) {
            fail("fork_exit_wait", suffix, "exit status");
            return;
        }
        if (i >= 0) {
            sample_b[i] = rdtsc() - t0;
            sample_a[i] = t1 - t0;
        }
    }
    if (with_call)
        report("fork_call", suffix, sample_a, n);
    report("fork_exit_wait", suffix, sample_b, n);
}

static void bench_vfork(const char *suffix, int n) {
    for (int i = -WARMUP; i < n; i++) {
        u64 t0 = rdtsc();
        s64 pid = vfork_exit();

        if (pid < 0) {
            skip("vfork_exit_wait", suffix, pid);
            return;
        }
        if (reap(pid, CHILD_OK)) {
            fail("vfork_exit_wait", suffix, "exit status");
            return;
        }
        if (i >= 0)
            sample_a[i] = rdtsc() - t0;
    }
    report("vfork_exit_wait", suffix, sample_a, n);
}

static const char *tiny_path = "/tiny";

enum how { FORK, VFORK, SPAWN };

static void bench_exec(enum how how, const char *suffix, int n) {
    static const char *const name[] = {"fork_exec_wait", "vfork_exec_wait", "spawn_exec_wait"};
    static u64 child_stack[512];
    char *argv[] = {(char *)tiny_path, 0};
    char *envp[] = {0};
    s64 err = sys3(SYS_execve, "", argv, envp);

    if (err == -38) { /* ENOSYS: no execve yet */
        skip(name[how], suffix, err);
        return;
    }
    for (int i = -WARMUP; i < n; i++) {
        u64 t0 = rdtsc();
        s64 pid;

        if (how == FORK) {
            pid = sys0(SYS_fork);
            if (pid == 0) {
                sys3(SYS_execve, tiny_path, argv, envp);
                die(127);
            }
        } else if (how == VFORK) {
            pid = vfork_exec(tiny_path, argv, envp);
        } else {
            pid = spawn_exec(tiny_path, argv, envp, child_stack + 512);
        }
        if (pid < 0) {
            skip(name[how], suffix, pid);
            return;
        }
        if (reap(pid, 0)) {
            fail(name[how], suffix, "exit status");
            return;
        }
        if (i >= 0)
            sample_a[i] = rdtsc() - t0;
    }
    report(name[how], suffix, sample_a, n);
}

/*
 * exec_call: from just before execve to the first instruction of the new
 * image.  The old image hands its start time over in argv[1]; the new one
 * (tiny.c) writes the difference to the pipe named in argv[2].
 */
static void bench_exec_call(int n) {
    char start[17], fd[2] = {0, 0};
    char *argv[] = {(char *)tiny_path, start, fd, 0};
    char *envp[] = {0};
    s64 err = sys3(SYS_execve, "", argv, envp);

    if (err == -38) { /* ENOSYS: no execve yet */
        skip("exec_call", "", err);
        return;
    }
    if (pipes_err < 0 || rsp[1] > 9) {
        skip("exec_call", "", pipes_err);
        return;
    }
    fd[0] = '0' + rsp[1];
    start[16] = 0;
    for (int i = -WARMUP; i < n; i++) {
        u64 cycles;
        s64 pid = sys0(SYS_fork);

        if (pid == 0) {
            u64 t;

            memset(start, '0', 16); /* take the COW fault now */
            t = rdtsc();
            for (int k = 15; k >= 0; k--, t >>= 4)
                start[k] = "0123456789abcdef"[t & 15];
            sys3(SYS_execve, tiny_path, argv, envp);
            cycles = 0;
            write_full(rsp[1], &cycles, sizeof cycles);
            die(127);
        }
        if (pid < 0 || read_full(rsp[0], &cycles, sizeof cycles)) {
            skip("exec_call", "", pid);
            return;
        }
        if (reap(pid, 0)) {
            fail("exec_call", "", "exit status");
            return;
        }
        if (i >= 0)
            sample_a[i] = cycles;
    }
    report("exec_call", "", sample_a, n);
}

/* One sample per page: time a read or a write of each of n heap pages. */
static void time_reads(u64 *v, int n) {
    for (int i = 0; i < n; i++) {
        volatile u64 *p = (volatile u64 *)(heap_base + i * PAGE);
        u64 t = rdtsc();

        (void)*p;
        v[i] = rdtsc() - t;
    }
}

static void time_writes(u64 *v, int n, u64 bias) {
    for (int i = 0; i < n; i++) {
        volatile u64 *p = (volatile u64 *)(heap_base + i * PAGE);
        u64 t = rdtsc();

        *p = i * PAGE + bias;
        v[i] = rdtsc() - t;
    }
}

static int heap_is(int n, u64 bias) {
    for (int i = 0; i < n; i++)
        if (*(volatile u64 *)(heap_base + i * PAGE) != i * PAGE + bias)
            return 0;
    return 1;
}

/*
 * All per-page figures include the timer (see timer_overhead).
 *   anon_read/write_page   first touch of fresh heap
 *   warm_read/write_page   the same access once the page is private
 *   fork_read_page         child reads a page it shares with its parent
 *   cow_write_page         child writes such a page: fault and copy
 *   cow_reuse_page         parent writes it after the child has gone:
 *                          fault, but the last owner need not copy
 */
static void bench_pages(void) {
    s64 err, pid;

    if ((err = heap_set(MAXN * PAGE)) < 0) {
        skip("anon_write_page", "", err);
        return;
    }
    time_reads(sample_a, MAXN);
    report("anon_read_page", "", sample_a, MAXN);
    heap_set(0);
    heap_set(MAXN * PAGE);
    time_writes(sample_a, MAXN, 1);
    report("anon_write_page", "", sample_a, MAXN);
    time_reads(sample_a, MAXN);
    report("warm_read_page", "", sample_a, MAXN);
    time_writes(sample_a, MAXN, 1);
    report("warm_write_page", "", sample_a, MAXN);

    pid = sys0(SYS_fork);
    if (pid == 0) {
        memset(sample_a, 0, sizeof sample_a); /* own these before timing */
        memset(sample_b, 0, sizeof sample_b);
        time_reads(sample_a, MAXN);
        time_writes(sample_b, MAXN, 2);
        if (!heap_is(MAXN, 2))
            fail("cow_write_page", "", "child memory");
        report("fork_read_page", "", sample_a, MAXN);
        report("cow_write_page", "", sample_b, MAXN);
        die(CHILD_OK);
    }
    if (pid < 0) {
        skip("cow_write_page", "", pid);
    } else {
        if (reap(pid, CHILD_OK))
            fail("cow_write_page", "", "exit status");
        if (!heap_is(MAXN, 1))
            fail("cow_write_page", "", "parent memory");
        time_writes(sample_a, MAXN, 3);
        report("cow_reuse_page", "", sample_a, MAXN);
    }
    heap_set(0);
}

/* fork, vfork and exec from a process with mb MiB of touched heap. */
static void bench_heap(u64 mb, int n) {
    char suffix[8] = ".";
    int len = 1;
    s64 err;
    u64 t;

    if (mb >= 100)
        suffix[len++] = '0' + mb / 100;
    if (mb >= 10)
        suffix[len++] = '0' + mb / 10 % 10;
    suffix[len++] = '0' + mb % 10;
    suffix[len++] = 'M';
    suffix[len] = 0;

    if ((err = heap_set(mb * MIB)) < 0) {
        skip("heap", suffix, err);
        heap_set(0);
        return;
    }
    t = rdtsc();
    heap_touch(mb * MIB);
    sample_a[0] = rdtsc() - t;
    report_div("heap_touch_page", suffix, sample_a, 1, mb * MIB / PAGE);
    bench_fork(suffix, n, 1);
    bench_vfork(suffix, n);
    bench_exec(FORK, suffix, n);
    bench_exec(VFORK, suffix, n);
    if (!heap_is(mb * MIB / PAGE, 1))
        fail("heap", suffix, "changed");
    heap_set(0);
}

/* One byte there and one byte back: two context switches. */
static void bench_pipe_latency(int n) {
    u8 byte = 'x';
    s64 pid;

    if (pipes_err < 0) {
        skip("pipe_roundtrip", "", pipes_err);
        return;
    }
    pid = sys0(SYS_fork);
    if (pid == 0) {
        for (int i = -WARMUP; i < n; i++)
            if (read_full(req[0], &byte, 1) || write_full(rsp[1], &byte, 1))
                die(1);
        die(CHILD_OK);
    }
    for (int i = -WARMUP; pid > 0 && i < n; i++) {
        u64 t = rdtsc();

        if (write_full(req[1], &byte, 1) || read_full(rsp[0], &byte, 1))
            break;
        if (i >= 0)
            sample_a[i] = rdtsc() - t;
    }
    if (pid < 0)
        skip("pipe_roundtrip", "", pid);
    else if (reap(pid, CHILD_OK))
        fail("pipe_roundtrip", "", "exit status");
    else
        report("pipe_roundtrip", "", sample_a, n);
}

/* Parent to child in 64 KiB writes; each sample is 1 MiB and a one-byte ack. */
static void bench_pipe_bandwidth(int n) {
    const int writes = MIB / CHUNK;
    s64 pid, err;
    u8 ack = 'k';

    if (pipes_err < 0 || (err = heap_set(CHUNK)) < 0) {
        skip("pipe_64k", "", pipes_err < 0 ? pipes_err : err);
        return;
    }
    heap_touch(CHUNK);
    pid = sys0(SYS_fork);
    if (pid == 0) {
        heap_touch(CHUNK); /* own the buffer */
        for (int i = -WARMUP; i < n; i++) {
            for (int j = 0; j < writes; j++)
                if (read_full(req[0], heap_base, CHUNK))
                    die(1);
            if (write_full(rsp[1], &ack, 1))
                die(1);
        }
        die(CHILD_OK);
    }
    for (int i = -WARMUP; pid > 0 && i < n; i++) {
        u64 t = rdtsc();

        for (int j = 0; j < writes; j++)
            if (write_full(req[1], heap_base, CHUNK))
                break;
        if (read_full(rsp[0], &ack, 1))
            break;
        if (i >= 0)
            sample_a[i] = rdtsc() - t;
    }
    if (pid < 0) {
        skip("pipe_64k", "", pid);
    } else if (reap(pid, CHILD_OK)) {
        fail("pipe_64k", "", "exit status");
    } else {
        report_div("pipe_64k", "", sample_a, n, writes);
        put("RATE pipe_64k");
        put_kv("KiB_per_s", 1024 * 1000000 / (to_ns(sample_a[n / 2]) / 1000 + 1));
        flush();
    }
    heap_set(0);
}

/*
 * Starts n children that each write one byte to rsp and then block reading
 * req.  A sample runs from fork to the arrival of the child's byte, so the
 * child is known to be alive and blocked.  Returns how many were started.
 */
static int start_children(int n, u64 *call, u64 *ready) {
    for (int i = 0; i < n; i++) {
        u8 byte = 'r';
        u64 t = rdtsc();
        s64 pid = sys0(SYS_fork);

        if (pid == 0) {
            write_full(rsp[1], &byte, 1);
            read_full(req[0], &byte, 1);
            die(CHILD_OK);
        }
        if (call)
            call[i] = rdtsc() - t;
        if (pid < 0) {
            skip("start_children", "", pid);
            return i;
        }
        if (read_full(rsp[0], &byte, 1))
            return i;
        if (ready)
            ready[i] = rdtsc() - t;
    }
    return n;
}

/* Lets n blocked children go and reaps them; total cycles. */
static u64 stop_children(int n) {
    static const u8 go[100];
    u64 t = rdtsc();

    for (u64 left = n, part; left > 0; left -= part) {
        part = left < sizeof go ? left : sizeof go;
        write_full(req[1], go, part);
    }
    for (int i = 0; i < n; i++)
        if (reap(-1, CHILD_OK)) {
            fail("stop_children", "", "exit status");
            break;
        }
    return rdtsc() - t;
}

/*
 * With n children alive and blocked:
 *   fork_call.liveN        fork's return in the parent, while starting them
 *   fork_ready.liveN       fork to the child's first byte through a pipe
 *   fork_exit_wait.liveN   a further child, once all n are alive
 *   reap.liveN             releasing and reaping them, per child
 */
static void bench_live(int n, const char *suffix) {
    int got;

    if (pipes_err < 0) {
        skip("live", suffix, pipes_err);
        return;
    }
    got = start_children(n, sample_a, sample_b);
    if (got < n) {
        put("LIMIT live");
        put(suffix);
        put_kv("children", got);
        flush();
        stop_children(got);
        return;
    }
    report("fork_call", suffix, sample_a, n);
    report("fork_ready", suffix, sample_b, n);
    bench_fork(suffix, 200, 0);
    sample_a[0] = stop_children(n);
    report_div("reap", suffix, sample_a, 1, n);
}

/* Layout of struct sysinfo; only total, free and unit are used. */
struct sysinfo {
    s64 uptime;
    u64 loads[3], total, free, shared, buffer, total_swap, free_swap;
    u16 procs, pad;
    u64 total_high, free_high;
    u32 unit;
    u8 room[64];
};

static s64 mem_free_kib(void) {
    struct sysinfo si;
    s64 err;

    memset(&si, 0, sizeof si);
    if ((err = sys1(SYS_sysinfo, &si)) < 0)
        return err;
    return si.free * (si.unit ? si.unit : 1) / 1024;
}

/*
 * Memory that one more live child of a process with kib KiB of touched heap
 * costs when it writes to none of it; permille relates that to the heap it
 * shares.  The figure is taken over the second n of 2n children, because the
 * first ones may be made from memory that the kernel had kept for reuse; it
 * includes the few stack and data pages that a child writes as it starts.
 * unreturned_kib is what does not come back when all of them have gone: a
 * kernel's caches, or a leak.
 */
static void bench_memory(const char *suffix, s64 kib, int n) {
    s64 err, before, half, full = 0, cost;
    int got;

    if (pipes_err < 0 || (before = mem_free_kib()) < 0 || (err = heap_set(kib * 1024)) < 0) {
        skip("cow_overhead", suffix, pipes_err < 0 ? pipes_err : before < 0 ? before : err);
        return;
    }
    heap_touch(kib * 1024);
    got = start_children(n, 0, 0);
    half = mem_free_kib();
    if (got == n) {
        got += start_children(n, 0, 0);
        full = mem_free_kib();
    }
    stop_children(got);
    heap_set(0);

    put("MEM cow_overhead");
    put(suffix);
    put_kv("children", got);
    put_kv("heap_kib", kib);
    put_kv("free_before_kib", before);
    put_signed_kv("first_half_kib", before - kib - half);
    if (got == 2 * n) {
        cost = half - full;
        put_signed_kv("second_half_kib", cost);
        put_signed_kv("per_child_kib", cost / n);
        if (kib)
            put_signed_kv("per_child_permille", cost * 1000 / n / kib);
    }
    put_signed_kv("unreturned_kib", before - mem_free_kib());
    flush();
}

/* ------------------------------------------------------------------ */

static u64 max_mb = 256;

static void parse_args(char **argv) {
    for (char *a; (a = *argv); argv++) {
        if (a[0] == 't' && a[1] == 'i' && a[2] == 'n' && a[3] == 'y' && a[4] == '=')
            tiny_path = a + 5;
        if (a[0] == 'm' && a[1] == 'a' && a[2] == 'x' && a[3] == 'm' && a[4] == 'b' &&
            a[5] == '=') {
            max_mb = 0;
            for (a += 6; *a >= '0' && *a <= '9'; a++)
                max_mb = max_mb * 10 + *a - '0';
        }
    }
}

__attribute__((noreturn, used)) void bench_main(u64 *stack) {
    static const struct {
        u64 mb;
        int n;
    } heaps[] = {
        {1, 500},
        {16, 100},
        {64, 50},
        {256, 20},
    };
    u64 start = rdtsc();
    s64 start_ns = mono_ns();
    u64 end;
    s64 end_ns;

    put("BENCH-START");
    put_kv("tsc", start);
    put_signed_kv("mono_ns", start_ns);
    flush();

    parse_args((char **)stack + 1);
    calibrate();
    put("CLOCK");
    put_kv("tsc_khz", tsc_khz);
    flush();
    heap_base = (u8 *)((sys1(SYS_brk, 0) + PAGE - 1) & -PAGE);
    memset(sample_a, 0, sizeof sample_a);
    memset(sample_b, 0, sizeof sample_b);
    init_pipes();

    bench_memory(".tiny", 0, 100);
    bench_memory(".1M", 1024, 100);
    bench_memory(".16M", 16384, 100);
    bench_base();
    bench_fork(".tiny", 1000, 1);
    bench_vfork(".tiny", 1000);
    bench_exec(FORK, ".tiny", 500);
    bench_exec(VFORK, ".tiny", 500);
    bench_exec(SPAWN, ".tiny", 500);
    bench_exec_call(500);
    bench_pages();
    for (u32 i = 0; i < sizeof heaps / sizeof *heaps; i++)
        if (heaps[i].mb <= max_mb)
            bench_heap(heaps[i].mb, heaps[i].n);
    bench_pipe_latency(1000);
    bench_pipe_bandwidth(20);
    stop_children(
        start_children(1000, 0, 0)); /* what a kernel keeps for later is there from now on */
    bench_live(1, ".live1");
    bench_live(10, ".live10");
    bench_live(100, ".live100");
    bench_live(1000, ".live1000");

    end = rdtsc();
    end_ns = mono_ns();
    put("BENCH-END");
    put_kv("tsc", end - start);
    put_signed_kv("mono_ns", end_ns < 0 ? -1 : end_ns - start_ns);
    flush();

    if (sys0(SYS_getpid) == 1)
        sys3(SYS_reboot, 0xfee1dead, 0x28121969, 0x4321fedc); /* power off */
    die(0);
}
