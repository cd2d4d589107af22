// SPDX-License-Identifier: MIT
// Faults reach their handler, with signal, code and address; the handler may mend the cause, or
// skip the instruction.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define PAGE 4096UL

static char *page;
static int skip_bytes;
static char here[1];

static void fault(int signal, siginfo_t *info, void *context) {
    ucontext_t *uc = context;
    char *address = info->si_addr;
    const char *where = "elsewhere";
    if (address == NULL) {
        where = "nowhere";
    } else if ((greg_t)address == uc->uc_mcontext.gregs[REG_RIP]) {
        where = "the instruction";
    } else if (address == page + 5) {
        where = "the page";
    } else if (address == (char *)16) {
        where = "near NULL";
    }
    printf("signal %d code %d at %s, trap %d error %d\n", signal, info->si_code, where,
           (int)uc->uc_mcontext.gregs[REG_TRAPNO], (int)uc->uc_mcontext.gregs[REG_ERR]);
    if (skip_bytes == 0) {
        mprotect(page, PAGE, PROT_READ | PROT_WRITE);
    }
    uc->uc_mcontext.gregs[REG_RIP] += skip_bytes;
}

#define TRY(name, bytes, ...)          \
    do {                               \
        puts(name);                    \
        skip_bytes = (bytes);          \
        __asm__ volatile(__VA_ARGS__); \
    } while (0)

// (The vector unit raises nothing under QEMU.)
static void floating_point(void) {
    uint16_t x87_trapping = 0x37f & ~1u; // invalid operation
    TRY("x87 invalid operation", 1, "fninit; fldcw %0; fldz; fldz; fdivp; fwait; fninit"
        :
        : "m"(x87_trapping));
}

int main(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = fault;
    action.sa_flags = SA_SIGINFO;
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sigaction(signals[i], &action, NULL);
    }
    page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    puts("write to a page that may only be read; the handler mends it");
    page[5] = 1;
    printf("written: %d\n", page[5]);
    mprotect(page, PAGE, PROT_NONE);
    printf("read again: %d\n", ((volatile char *)page)[5]);

    TRY("read near NULL", 2, "mov (%0), %%eax" : : "b"(16L) : "eax");
    TRY("write near NULL", 2, "mov %%eax, (%0)" : : "b"(16L) : "memory");
    TRY("read an address that is not canonical", 2, "mov (%0), %%eax"
        :
        : "b"(0x8000000000000000)
        : "eax");
    TRY("read the kernel", 2, "mov (%0), %%eax" : : "b"(0xffffffff80000000) : "eax");
    TRY("the same with the stack pointer", 5,
        "mov %%rsp, %%rbx; mov %0, %%rsp; mov 8(%%rsp), %%rax; mov %%rbx, %%rsp"
        :
        : "r"((uint64_t)(here))
        : "rax", "rbx");
    TRY("undefined instruction", 2, "ud2");
    TRY("privileged instruction", 1, "hlt");
    TRY("divide by zero", 2, "xor %%edx, %%edx; xor %%ecx, %%ecx; div %%ecx"
        :
        : "a"(1)
        : "rcx", "rdx");
    TRY("breakpoint", 0, "int3");
    TRY("single step", 0,
        "pushfq; orq $0x100, (%%rsp); popfq; nop; pushfq; andq $~0x100, (%%rsp); "
        "popfq; nop"
        :
        :
        : "memory", "cc");
    floating_point();
    puts("and with the signal blocked");
    sigset_t set;
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    mprotect(page, PAGE, PROT_NONE);
    page[5] = 2;
    puts("not reached");
    return 0;
}
