// SPDX-License-Identifier: MIT
// A handler may change what sigreturn restores in any way. The kernel takes what user mode may
// have, and answers anything else with SIGSEGV.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static char alternate[16384];
static ucontext_t good;
static void (*volatile change)(ucontext_t *uc);

static void iopl(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_EFL] |= 0x3000;
}
static void no_interrupts(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_EFL] &= ~0x200LL;
}
static void nested_task(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_EFL] |= 0x4000 | 0x100000 | 0x20000;
}
static void not_canonical(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)0x8000000000000000;
}
static void just_behind(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_RIP] = 0x800000000000;
}
static void kernel_address(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_RIP] = (greg_t)0xffffffff80000000;
}
static void bad_mxcsr(ucontext_t *uc) {
    uc->uc_mcontext.fpregs->mxcsr = 0xffffffff;
}
static void no_fpstate(ucontext_t *uc) {
    uc->uc_mcontext.fpregs = NULL;
}
static void fpstate_nowhere(ucontext_t *uc) {
    uc->uc_mcontext.fpregs = (void *)0x18;
}
static void stack_nowhere(ucontext_t *uc) {
    uc->uc_mcontext.gregs[REG_RSP] = (greg_t)0x8000000000000000;
}
static void block_all(ucontext_t *uc) {
    sigfillset(&uc->uc_sigmask);
}
static void nothing(ucontext_t *uc) {
    (void)uc;
}

static void usr1(int signal, siginfo_t *info, void *context) {
    ucontext_t *uc = context;
    (void)signal;
    (void)info;
    good = *uc;
    change(uc);
}

// Comes when the kernel refuses; goes back to where all was well, without what had been changed.
static void segv(int signal, siginfo_t *info, void *context) {
    ucontext_t *uc = context;
    // For the stack's addresses the processor has a fault of its own, and QEMU has not.
    printf("  %s, code %d\n", signal == SIGSEGV || signal == SIGBUS ? "refused" : "?",
           info->si_code);
    memcpy(uc->uc_mcontext.gregs, good.uc_mcontext.gregs, sizeof good.uc_mcontext.gregs);
    uc->uc_mcontext.fpregs = NULL;
}

static uint64_t flags(void) {
    uint64_t value;
    __asm__ volatile("pushfq; pop %0" : "=r"(value));
    return value;
}

static void try(const char *name, void (*function)(ucontext_t *)) {
    puts(name);
    change = function;
    raise(SIGUSR1);
    uint32_t mxcsr;
    __asm__ volatile("stmxcsr %0" : "=m"(mxcsr));
    printf("  flags %lx, mxcsr %x\n", flags() & 0x37f300, mxcsr);
}

static void install(int signal, void (*function)(int, siginfo_t *, void *)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = function;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigaction(signal, &action, NULL);
}

int main(void) {
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof alternate};
    sigaltstack(&stack, NULL);
    install(SIGUSR1, usr1);
    install(SIGSEGV, segv);
    install(SIGBUS, segv);
    try("nothing changed", nothing);
    try("IOPL", iopl);
    try("interrupts off", no_interrupts);
    try("nested task, virtual 8086 mode", nested_task);
    try("a bad mxcsr", bad_mxcsr);
    try("no floating-point state", no_fpstate);
    try("floating-point state at nowhere", fpstate_nowhere);
    try("an address that is not canonical", not_canonical);
    try("the first address that is not canonical", just_behind);
    try("an address of the kernel's", kernel_address);
    try("a stack nowhere", stack_nowhere);
    try("all signals blocked", block_all);
    sigset_t set;
    sigprocmask(SIG_SETMASK, NULL, &set);
    printf("SIGKILL blocked: %d, SIGTERM: %d\n", sigismember(&set, SIGKILL),
           sigismember(&set, SIGTERM));
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    puts("sigreturn without a frame");
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    __asm__ volatile("mov $8, %%esp; mov $15, %%eax; syscall" ::: "memory");
    return 0;
}
