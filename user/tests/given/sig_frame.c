// SPDX-License-Identifier: MIT
// What a handler finds, and that all comes back: every register, the flags, the floating-point
// state, and the red zone below the stack pointer.
#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { RBX, RBP, R12, R13, R14, R15, RSI, RDI, R8, R9, R10, RDX, REGISTERS };
#define VALUE(i) (0x1111111111111111UL * ((i) + 1))

// Filled by the assembly below: registers before and after, xmm3, mxcsr, flags, the red zone.
static volatile uint64_t seen[REGISTERS];
static volatile uint64_t seen_flags;
static volatile uint64_t seen_zone;
static volatile double seen_xmm;
static volatile uint32_t seen_mxcsr;
static volatile uint64_t entry_sp;
static volatile uint64_t entry_flags;
static volatile uint32_t entry_mxcsr;

static void check_context(int signal, siginfo_t *info, ucontext_t *uc) __attribute__((used));

static void check_context(int signal, siginfo_t *info, ucontext_t *uc) {
    const greg_t *g = uc->uc_mcontext.gregs;
    printf("handler: signal %d, code %d\n", signal, info->si_code);
    printf("stack pointer %% 16: %d, info %% 8: %d\n", (int)(entry_sp % 16),
           (int)((uintptr_t)info % 8));
    printf("the frame begins at the context: %d, and lies below the red zone: %d\n",
           (uint64_t)uc == entry_sp + 8, (uint64_t)info + 128 + 128 <= (uint64_t)g[REG_RSP]);
    printf("info behind the context: %d\n", (int)((char *)info - (char *)uc));
    printf("direction flag: %d, trap flag: %d\n", (int)(entry_flags >> 10 & 1),
           (int)(entry_flags >> 8 & 1));
    printf("direction flag interrupted: %d\n", (int)(g[REG_EFL] >> 10 & 1));
    printf("mxcsr: %x\n", entry_mxcsr);
    printf("registers: %d %d %d\n", (uint64_t)g[REG_RBX] == VALUE(RBX),
           (uint64_t)g[REG_R15] == VALUE(R15), (uint64_t)g[REG_RDI] == (uint64_t)getpid());
    printf("interrupted mxcsr: %x\n", uc->uc_mcontext.fpregs->mxcsr);
    printf("fpstate %% 64: %d\n", (int)((uintptr_t)uc->uc_mcontext.fpregs % 64));
    printf("mask: %d\n", sigismember(&uc->uc_sigmask, SIGUSR2));
    printf("stack: flags %d\n", uc->uc_stack.ss_flags & ~SS_DISABLE);
    uc->uc_mcontext.fpregs->_xmm[4].element[0] = 77; // the interrupted program will find it there
    double volatile other = 2.5;
    other = other * 3;
    __asm__ volatile("movapd %%xmm0, %%xmm3; pcmpeqd %%xmm4, %%xmm4" : : : "xmm3", "xmm4");
}

void handler(int signal, siginfo_t *info, void *context);

// Looks at its own entry before the compiler's code gets there.
__asm__("handler:\n\t"
        "mov %rsp, entry_sp(%rip)\n\t"
        "pushfq; pop entry_flags(%rip)\n\t"
        "stmxcsr entry_mxcsr(%rip)\n\t"
        "jmp check_context\n\t");

static int changed(void) {
    int count = 0;
    for (int i = 0; i < REGISTERS; i++) {
        uint64_t expected = VALUE(i);
        if (i == RSI) {
            expected = SIGUSR1;
        } else if (i == RDI) {
            expected = (uint64_t)getpid();
        }
        count += seen[i] != expected;
    }
    return count;
}

// kill(getpid(), SIGUSR1) with a number of its own in every register.
static long interrupted(void) {
    static const double pi = 3.25;
    static const uint32_t rounding_up = 0x1f80 | 2 << 13;
    static const uint32_t usual = 0x1f80;
    long result = SYS_kill;
    register uint64_t xmm4 __asm__("rcx") = 0;
    __asm__ volatile(
        "push %%rbx; push %%rbp\n\t"
        "movsd %[pi], %%xmm3; ldmxcsr %[up]; pxor %%xmm4, %%xmm4\n\t"
        "movq $0x5a5a5a, -64(%%rsp)\n\t"
        "movabs $0x1111111111111111, %%rbx\n\tmovabs $0x2222222222222222, %%rbp\n\t"
        "movabs $0x3333333333333333, %%r12\n\tmovabs $0x4444444444444444, %%r13\n\t"
        "movabs $0x5555555555555555, %%r14\n\tmovabs $0x6666666666666666, %%r15\n\t"
        "movabs $0x9999999999999999, %%r8\n\tmovabs $0xaaaaaaaaaaaaaaaa, %%r9\n\t"
        "movabs $0xbbbbbbbbbbbbbbbb, %%r10\n\tmovabs $0xcccccccccccccccc, %%rdx\n\t"
        "std; stc; syscall\n\t"
        "mov %%rbx, seen(%%rip); mov %%rbp, seen+8(%%rip)\n\t"
        "mov %%r12, seen+16(%%rip); mov %%r13, seen+24(%%rip)\n\t"
        "mov %%r14, seen+32(%%rip); mov %%r15, seen+40(%%rip)\n\t"
        "mov %%rsi, seen+48(%%rip); mov %%rdi, seen+56(%%rip)\n\t"
        "mov %%r8, seen+64(%%rip); mov %%r9, seen+72(%%rip)\n\t"
        "mov %%r10, seen+80(%%rip); mov %%rdx, seen+88(%%rip)\n\t"
        "mov -64(%%rsp), %%rbx; mov %%rbx, seen_zone(%%rip)\n\t"
        "movsd %%xmm3, seen_xmm(%%rip); stmxcsr seen_mxcsr(%%rip); movq %%xmm4, %%rcx\n\t"
        "pushfq; pop seen_flags(%%rip); cld\n\t"
        "ldmxcsr %[usual]\n\t"
        "pop %%rbp; pop %%rbx"
        : "+a"(result), "=r"(xmm4)
        : "D"((long)getpid()),
          "S"((long)SIGUSR1), [pi] "m"(pi), [up] "m"(rounding_up), [usual] "m"(usual)
        : "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc", "xmm3",
          "xmm4");
    printf("the handler's number in xmm4: %d\n", (int)xmm4);
    return result;
}

int main(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR1, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    printf("result: %d\n", (int)interrupted());
    printf("registers changed: %d\n", changed());
    printf("direction flag %d, carry %d\n", (int)(seen_flags >> 10 & 1), (int)(seen_flags & 1));
    printf("red zone: %lx\n", seen_zone);
    printf("xmm3 is as before: %d, mxcsr %x\n", seen_xmm == 3.25, seen_mxcsr);
    return 0;
}
