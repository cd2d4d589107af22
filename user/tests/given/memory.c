// SPDX-License-Identifier: MIT
// mmap, munmap, mprotect and brk: each result that a caller can see, success and failure.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096UL
#define RW (PROT_READ | PROT_WRITE)
#define PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS)
#define BASE 0x200000000UL

static const char *error_name(int error) {
    switch (error) {
    case EPERM:
        return "EPERM";
    case EBADF:
        return "EBADF";
    case ENOMEM:
        return "ENOMEM";
    case EACCES:
        return "EACCES";
    case EEXIST:
        return "EEXIST";
    case EINVAL:
        return "EINVAL";
    default:
        return "another error";
    }
}

static void result(const char *what, long value) {
    printf("%s: %s\n", what, value == -1 ? error_name(errno) : "ok");
}

static char *map(unsigned long at, unsigned long bytes, int prot, int flags) {
    return mmap((void *)at, bytes, prot, flags, -1, 0);
}

static void mapping(void) {
    result("map two pages", (long)map(BASE, 2 * PAGE, RW, PRIVATE | MAP_FIXED));
    result("map nothing", (long)map(BASE, 0, RW, PRIVATE));
    result("map neither private nor shared", (long)map(BASE, PAGE, RW, MAP_ANONYMOUS));
    result("map fixed, not aligned", (long)map(BASE + 1, PAGE, RW, PRIVATE | MAP_FIXED));
    result("map more than there is", (long)map(0, 1UL << 47, RW, PRIVATE));
    result("map so much that it wraps", (long)map(0, -1UL, RW, PRIVATE));
    result("map fixed beyond the end", (long)map(0x7ffffffff000, PAGE, RW, PRIVATE | MAP_FIXED));
    result("map fixed in the kernel's half", (long)map(-PAGE, PAGE, RW, PRIVATE | MAP_FIXED));
    result("map where something is, not replacing",
           (long)map(BASE + PAGE, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE));
    char *hinted = map(BASE, PAGE, RW, PRIVATE);
    printf("a hint that is taken: %s\n", hinted != (char *)BASE ? "elsewhere" : "there");
    char *free_hint = map(BASE + (64 << 20) + 1, PAGE, RW, PRIVATE);
    printf("a hint that is free, not aligned: %s\n",
           free_hint == (char *)BASE + (64 << 20) ? "rounded down" : "elsewhere");
    munmap(hinted, PAGE);
    munmap(free_hint, PAGE);
}

static void contents(void) {
    char *memory = (char *)BASE;
    printf("fresh memory: %d\n", memory[0] | memory[2 * PAGE - 1]);
    memcpy(memory + PAGE - 3, "abcdef", 7);
    map(BASE + PAGE, PAGE, RW, PRIVATE | MAP_FIXED);
    printf("replaced behind: %.3s %d\n", memory + PAGE - 3, memory[PAGE]);
    result("unmap it", munmap(memory + PAGE, PAGE));
    result("unmap it again", munmap(memory + PAGE, PAGE));
    result("map it again", (long)map(BASE + PAGE, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE));
    printf("mapped again: %d\n", memory[PAGE]);
    char *shared = map(0, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS);
    shared[0] = 's';
    printf("shared: %c\n", shared[0]);
    result("unmap shared", munmap(shared, PAGE));
}

static void unmapping(void) {
    result("unmap nothing", munmap((void *)BASE, 0));
    result("unmap, not aligned", munmap((void *)(BASE + 1), PAGE));
    result("unmap beyond the end", munmap((void *)0x7ffffffff000, 2 * PAGE));
    result("unmap a byte: its whole page", munmap((void *)(BASE + PAGE), 1));
    result("it is free now", (long)map(BASE + PAGE, PAGE, RW, PRIVATE | MAP_FIXED_NOREPLACE));
}

static void protecting(void) {
    char *memory = (char *)BASE;
    memory[0] = 'p';
    result("protect: read", mprotect(memory, PAGE, PROT_READ));
    printf("still there: %c\n", memory[0]);
    result("protect: nothing", mprotect(memory, PAGE, PROT_NONE));
    result("protect: read and write", mprotect(memory, PAGE, RW));
    memory[1] = 'q';
    printf("still there: %c%c\n", memory[0], memory[1]);
    result("protect no bytes", mprotect(memory, 0, PROT_READ));
    result("protect, not aligned", mprotect(memory + 1, PAGE, PROT_READ));
    result("protect what is not mapped", mprotect(memory + 8 * PAGE, PAGE, PROT_READ));
    result("protect with unknown bits", mprotect(memory, PAGE, 0x100));
    result("protect, wrapping", mprotect(memory, -PAGE, PROT_READ));
    memory[2] = 'r';
    printf("unchanged by failures: %.3s\n", memory);
    result("protect: read and execute", mprotect(memory, PAGE, PROT_READ | PROT_EXEC));
    result("protect: write and execute", mprotect(memory, PAGE, PROT_WRITE | PROT_EXEC));
    result("map: write and execute", (long)map(0, PAGE, RW | PROT_EXEC, PRIVATE));
}

static void heap(void) {
    char *start = sbrk(0);
    result("grow the heap", (long)sbrk(5000));
    printf("fresh: %d\n", start[4999]);
    start[4999] = 'h';
    result("shrink it", (long)sbrk(-5000));
    result("grow it again", (long)sbrk(5000));
    printf("fresh again: %d\n", start[4999]);
    long below = syscall(SYS_brk, PAGE, 0L, 0L, 0L, 0L, 0L);
    printf("below its start: %s\n", below == (long)sbrk(0) ? "it stays" : "it moves");
    result("back to the start", brk(start));
}

int main(void) {
    mapping();
    contents();
    unmapping();
    protecting();
    heap();
    return 0;
}
