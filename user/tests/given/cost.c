// SPDX-License-Identifier: MIT
// What a system call costs, in instructions where the machine counts them. The same figure as
// null_syscall in Linux's reference: getppid, 100 times a sample.
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>

static uint64_t now(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

int main(void) {
    enum { CALLS = 100 };
    uint64_t start = now();
    for (int i = 0; i < CALLS; i++) {
        long result;
        __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_getppid) : "rcx", "r11", "memory");
    }
    printf("null_syscall %lu\n", (now() - start) / CALLS);
    return 0;
}
