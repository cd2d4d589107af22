// SPDX-License-Identifier: MIT
// The new program's memory is its own, and nothing but that: variables as they are in the file, a
// heap right behind them that grows, and none of what the old one had mapped.
#include <stdint.h>
#include <sys/mman.h>
#include <tine.h>

#include "again.h"

enum { PAGE = 4096, FAR_BYTES = 1 << 30 };

#define OLD_MAPPING 0x200000000000UL
#define OLD_SHARED 0x300000000000UL

extern char end[]
    __attribute__((weak)); // the linker's: behind the last variable; a flat image has none

static int initialised = 42;
static int zero[3 * PAGE];

// The kernel can read there. (Nobody else may try.)
static int is_mapped(uintptr_t address) {
    int ends[2];
    if (pipe(ends) < 0) {
        return -1;
    }
    ssize_t written = write(ends[1], (const void *)address, 1);
    close(ends[0]);
    close(ends[1]);
    return written == 1;
}

static int count_others(const int *from, size_t count, int value) {
    int others = 0;
    for (size_t i = 0; i < count; i++) {
        others += from[i] != value;
    }
    return others;
}

static int look(uintptr_t old_heap) {
    printf("a variable: %d; not zero: %d\n", initialised, count_others(zero, 3 * PAGE, 0));
    printf("still mapped: a mapping %d, a shared one %d, the heap's end %d\n",
           is_mapped(OLD_MAPPING), is_mapped(OLD_SHARED), is_mapped(old_heap));
    char *heap = sbrk(0);
    uintptr_t distance = (uintptr_t)heap - (uintptr_t)end;
    probe_mark(1, (long)(distance / PAGE));
    printf("the heap begins behind the variables: %s; at a page's start: %s\n",
           distance < FAR_BYTES ? "yes" : "no", (uintptr_t)heap % PAGE == 0 ? "yes" : "no");
    int grown = sbrk(5 * PAGE) == heap;
    printf("it grows: %s\n",
           grown && count_others((int *)(void *)heap, PAGE, 0) == 0 ? "yes" : "no");
    memset(heap, 'h', grown ? 5 * PAGE : 0);
    printf("and shrinks: %s\n",
           brk(heap) == 0 && !is_mapped((uintptr_t)heap + PAGE) ? "yes" : "no");
    return 0;
}

static void map(uintptr_t address, int flags) {
    char *memory =
        mmap((void *)address, PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    *memory = 'm';
}

static void become_another(void) {
    char text[32];
    map(OLD_MAPPING, MAP_PRIVATE);
    map(OLD_SHARED, MAP_SHARED);
    initialised = 13;
    memset(zero, 0xff, sizeof zero);
    uintptr_t heap = (uintptr_t)sbrk(0x8000000) + 0x8000000 - PAGE;
    *(char *)heap = 'h';
    snprintf(text, sizeof text, "%lu", (unsigned long)heap);
    execve(ITSELF("memory"), WORDS("memory", text), NO_WORDS);
    _exit(EXEC_FAILED + errno);
}

int main(int argc, char **argv) {
    if (argc > 1) {
        return look(strtoul(argv[1], NULL, 10));
    }
    pid_t pid = fork();
    if (pid == 0) {
        become_another();
    }
    printf("it ended with %d\n", outcome(pid));
    return 0;
}
