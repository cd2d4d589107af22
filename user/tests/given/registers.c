// SPDX-License-Identifier: MIT
// A system call changes rax, rcx and r11 and nothing else; a page fault changes nothing at all. The
// direction flag, the alignment-check flag and GS are the program's own, and do not harm the
// kernel.
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define PAGE 4096UL

// Loads every register with a number of its own, executes `instruction`, and counts those that have
// changed; rax, rcx and rdx are the counter's.
#define CHANGED_BY(instruction, rax_value, rdi_value)                                              \
    ({                                                                                             \
        uint64_t changed = 0;                                                                      \
        register uint64_t number __asm__("rax") = (rax_value);                                     \
        register uint64_t pointer __asm__("rdi") = (rdi_value);                                    \
        __asm__ volatile(                                                                          \
            "push %%rbp\n\t"                                                                       \
            "mov $0x1111, %%ebx\n\tmov $0x2222, %%ebp\n\t"                                         \
            "mov $0x3333, %%r12d\n\tmov $0x4444, %%r13d\n\t"                                       \
            "mov $0x5555, %%r14d\n\tmov $0x6666, %%r15d\n\t"                                       \
            "mov $0x7777, %%esi\n\tmov $0x8888, %%r8d\n\t"                                         \
            "mov $0x9999, %%r9d\n\tmov $0xaaaa, %%r10d\n\t"                                        \
            "mov $0xbbbb, %%edx\n\t" instruction "\n\t"                                            \
            "xor %%ecx, %%ecx\n\t"                                                                 \
            "cmp $0x1111, %%rbx\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x2222, %%rbp\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x3333, %%r12\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x4444, %%r13\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x5555, %%r14\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x6666, %%r15\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x7777, %%rsi\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0x8888, %%r8\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"         \
            "cmp $0x9999, %%r9\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"         \
            "cmp $0xaaaa, %%r10\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "cmp $0xbbbb, %%rdx\n\tsetne %%al\n\tmovzx %%al, %%eax\n\tadd %%rax, %%rcx\n\t"        \
            "pop %%rbp"                                                                            \
            : "=c"(changed), "+r"(number), "+r"(pointer)                                           \
            :                                                                                      \
            : "rbx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", \
              "cc");                                                                               \
        changed;                                                                                   \
    })

static uint64_t flags(void) {
    uint64_t value;
    __asm__ volatile("pushfq; pop %0" : "=r"(value));
    return value;
}

int main(void) {
    char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("changed by getpid: %d\n", (int)CHANGED_BY("syscall", SYS_getpid, 0));
    printf("changed by a page fault: %d\n", (int)CHANGED_BY("movb $1, (%%rdi)", 0, (uint64_t)page));

    __asm__ volatile("std" ::: "cc");
    long written = 0;
    static const char text[] = "written with the direction flag set\n";
    __asm__ volatile("syscall"
                     : "=a"(written)
                     : "a"(SYS_write), "D"(1), "S"(text), "d"(sizeof text - 1)
                     : "rcx", "r11", "memory");
    uint64_t after = flags();
    __asm__ volatile("cld" ::: "cc");
    printf("the direction flag afterwards: %d\n", (int)(after >> 10 & 1));

    // With the alignment-check flag set, unaligned accesses of user code fault: touch nothing here.
    __asm__ volatile("pushfq; orq $0x40000, (%%rsp); popfq\n\t"
                     "syscall\n\t"
                     "pushfq; pop %%rdx\n\t"
                     "pushfq; andq $~0x40000, (%%rsp); popfq"
                     : "=a"(written), "=d"(after)
                     : "a"(SYS_getppid)
                     : "rcx", "r11", "memory", "cc");
    printf("the alignment-check flag afterwards: %d\n", (int)(after >> 18 & 1));

    uint64_t gs = 0xffff800000000000; // as if it were the kernel's
    __asm__ volatile("wrgsbase %0" : : "r"(gs));
    char *other = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    other[0] = 1;
    for (volatile int i = 0; i < 30000000; i++) {
    }
    __asm__ volatile("rdgsbase %0" : "=r"(gs));
    printf("GS after a system call, a fault and interrupts: 0x%lx\n", gs);
    return 0;
}
