// SPDX-License-Identifier: MIT
// The child begins with its parent's registers: all but rax, rcx and r11, as after any system call,
// and the flags.
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <tine.h>
#include <unistd.h>

enum { REGISTERS = 13, FLAGS = 12 };
#define FLAG_DIRECTION (1UL << 10)

static const char *const names[REGISTERS] = {"rbx", "rbp", "r12", "r13", "r14", "r15",  "rdi",
                                             "rsi", "rdx", "r8",  "r9",  "r10", "flags"};
static uint64_t after[REGISTERS] __asm__("registers_after") __attribute__((used));

// Forks with a number of its own in each register, and stores in `after` what is there when the
// call returns.
static long fork_with_numbers(void) {
    long result = SYS_fork;
    __asm__ volatile(
        "push %%rbp\n\t"
        "mov $0x1111, %%ebx\n\tmov $0x2222, %%ebp\n\tmov $0x3333, %%r12d\n\t"
        "mov $0x4444, %%r13d\n\tmov $0x5555, %%r14d\n\tmov $0x6666, %%r15d\n\t"
        "mov $0x7777, %%edi\n\tmov $0x8888, %%esi\n\tmov $0x9999, %%edx\n\t"
        "mov $0xaaaa, %%r8d\n\tmov $0xbbbb, %%r9d\n\tmov $0xcccc, %%r10d\n\t"
        "std\n\tsyscall\n\t"
        "mov %%rbx, registers_after(%%rip)\n\tmov %%rbp, registers_after+8(%%rip)\n\t"
        "mov %%r12, registers_after+16(%%rip)\n\tmov %%r13, registers_after+24(%%rip)\n\t"
        "mov %%r14, registers_after+32(%%rip)\n\tmov %%r15, registers_after+40(%%rip)\n\t"
        "mov %%rdi, registers_after+48(%%rip)\n\tmov %%rsi, registers_after+56(%%rip)\n\t"
        "mov %%rdx, registers_after+64(%%rip)\n\tmov %%r8, registers_after+72(%%rip)\n\t"
        "mov %%r9, registers_after+80(%%rip)\n\tmov %%r10, registers_after+88(%%rip)\n\t"
        "pushfq\n\tpopq registers_after+96(%%rip)\n\tcld\n\t"
        "pop %%rbp"
        : "+a"(result)
        :
        : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
          "memory", "cc");
    return result;
}

// One bit for each register that is not what it was.
static unsigned changed(void) {
    unsigned bits = 0;
    for (unsigned i = 0; i < FLAGS; i++) {
        bits |= (unsigned)(after[i] != 0x1111 * (i + 1)) << i;
    }
    return bits | (unsigned)((after[FLAGS] & FLAG_DIRECTION) == 0) << FLAGS;
}

static void show(const char *who, unsigned bits) {
    printf("registers that differ in the %s:", who);
    for (int i = 0; i < REGISTERS; i++) {
        if (bits >> i & 1) {
            printf(" %s", names[i]);
        }
    }
    puts(bits == 0 ? " none" : "");
}

int main(void) {
    int ends[2];
    unsigned bits;
    if (pipe(ends) < 0) {
        puts("pipe failed");
        return 1;
    }
    long pid = fork_with_numbers();
    if (pid == 0) {
        bits = changed();
        probe_mark(1, bits);
        write(ends[1], &bits, sizeof bits);
        _exit(0);
    }
    unsigned own = changed();
    if (read(ends[0], &bits, sizeof bits) != sizeof bits) {
        puts("the child ended before it could tell");
        return 1;
    }
    show("parent", own);
    show("child", bits);
    return 0;
}
