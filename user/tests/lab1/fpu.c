// SPDX-License-Identifier: MIT
// The floating-point registers: xmm0 to xmm15, how SSE rounds (mxcsr), how the x87 does (its
// control word). The child begins with its parent's; later ones are each process's own.
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <tine.h>

#include "child.h"

struct fpu {
    uint8_t xmm[16][16];
    uint32_t mxcsr;
    uint32_t control;
};

static struct fpu before;
static struct fpu after;

// A system call with `before` in the registers; `after` is what they hold when it returns.
static long call_with_fpu(long number, long a, void *b, long c) {
    long result = number;
    register struct fpu *in __asm__("r8") = &before;
    register struct fpu *out __asm__("r9") = &after;
#define XMM_EACH(DO) \
    DO(0)            \
    DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)
#define XMM_LOAD(n) "movdqu " #n "*16(%%r8), %%xmm" #n "\n\t"
#define XMM_STORE(n) "movdqu %%xmm" #n ", " #n "*16(%%r9)\n\t"
    __asm__ volatile(
        "ldmxcsr 256(%%r8)\n\tfldcw 260(%%r8)\n\t" XMM_EACH(XMM_LOAD) "syscall\n\t" XMM_EACH(
            XMM_STORE) "stmxcsr 256(%%r9)\n\tfnstcw 260(%%r9)\n\t"
        : "+a"(result), "+r"(in), "+r"(out)
        : "D"(a), "S"(b), "d"(c)
        : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
          "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
    return result;
}

static void prepare(int seed, uint32_t mxcsr, uint32_t control) {
    for (int i = 0; i < 16; i++) {
        memset(before.xmm[i], seed + i, sizeof before.xmm[i]);
    }
    before.mxcsr = mxcsr;
    before.control = control;
}

enum { XMM_DIFFERS = 1, MXCSR_DIFFERS = 2, CONTROL_DIFFERS = 4 };

static unsigned differences(void) {
    return (memcmp(before.xmm, after.xmm, sizeof before.xmm) != 0 ? XMM_DIFFERS : 0U) |
           (before.mxcsr != after.mxcsr ? MXCSR_DIFFERS : 0U) |
           (before.control != (after.control & 0xffff) ? CONTROL_DIFFERS : 0U);
}

static void show(const char *what, unsigned bits) {
    printf("%s:%s%s%s%s\n", what, bits & XMM_DIFFERS ? " xmm" : "",
           bits & MXCSR_DIFFERS ? " mxcsr" : "", bits & CONTROL_DIFFERS ? " x87" : "",
           bits == 0 ? " nothing" : "");
}

int main(void) {
    int up[2];
    unsigned found = 0;
    if (pipe(up) < 0) {
        puts("pipe failed");
        return 1;
    }
    prepare(0x10, 0x7f80, 0x0f7f); // both round towards zero, all exceptions masked
    long pid = call_with_fpu(SYS_fork, 0, NULL, 0);
    if (pid == 0) {
        found = differences();
        prepare(0x80, 0x3f80, 0x077f); // and now the child's own: downwards
        call_with_fpu(SYS_getpid, 0, NULL, 0);
        found |= differences() << 3;
        probe_mark(1, found);
        call_with_fpu(SYS_write, up[1], &found, sizeof found);
        _exit(0);
    }
    unsigned own = differences();
    close(up[1]);
    long got = call_with_fpu(SYS_read, up[0], &found, sizeof found); // the child runs meanwhile
    own |= differences();
    prepare(0, 0x1f80, 0x037f); // as a program finds them
    call_with_fpu(SYS_getpid, 0, NULL, 0);
    if (got != sizeof found) {
        puts("the child ended before it could tell");
        return 1;
    }
    show("not in the child as in the parent", found & 7);
    show("lost in the child later", found >> 3);
    show("changed in the parent", own);
    return 0;
}
