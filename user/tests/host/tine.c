// SPDX-License-Identifier: MIT
// Stands in for Tine's own system calls on Linux. What Linux can answer it answers; the rest does
// nothing.
#define _GNU_SOURCE
#include <tine.h>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

// proc(5): in /proc/self/pagemap each page has eight bytes; bit 63 says that it has a frame.
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGE 4096UL
#define USER_TOP 0x00007ffffffff000UL
#define STACK_LIMIT (8UL << 20)

// Huge pages would make 512 pages present at the touch of one; what a program prints must be out
// before it is killed, as with Tine's library; and a stack has its usual limit.
__attribute__((constructor)) static void like_tine(void) {
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    setvbuf(stdout, NULL, _IONBF, 0);
    struct rlimit stack;
    getrlimit(RLIMIT_STACK, &stack);
    stack.rlim_cur = STACK_LIMIT;
    setrlimit(RLIMIT_STACK, &stack);
}

static long count_range(int pagemap, unsigned long start, unsigned long end) {
    static uint64_t entries[512];
    long count = 0;
    while (start < end) {
        size_t wanted = (end - start) / PAGE < 512 ? (end - start) / PAGE : 512;
        ssize_t bytes = pread(pagemap, entries, wanted * sizeof entries[0],
                              (off_t)(start / PAGE * sizeof entries[0]));
        if (bytes <= 0) {
            break;
        }
        for (size_t i = 0; i < (size_t)bytes / sizeof entries[0]; i++) {
            count += (entries[i] & PAGEMAP_PRESENT) != 0;
        }
        start += (size_t)bytes / sizeof entries[0] * PAGE;
    }
    return count;
}

long pages_present(void) {
    int pagemap = open("/proc/self/pagemap", O_RDONLY);
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    long count = 0;
    if (pagemap < 0 || maps == NULL) {
        return -1;
    }
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long start;
        unsigned long end;
        if (sscanf(line, "%lx-%lx", &start, &end) == 2 && end <= USER_TOP) {
            count += count_range(pagemap, start, end);
        }
    }
    fclose(maps);
    close(pagemap);
    return count;
}

void probe_mark(int id, long value) {
    (void)id;
    (void)value;
}

void probe_stop(int id) {
    (void)id;
}

long probe_audit(void) {
    return 0;
}

long probe_frame_of(const void *address) {
    (void)address;
    return 0;
}

long probe_fail(enum inject_class class, long n) {
    static long asked_for; // nothing fails: all that were asked for are still to come
    long before = asked_for;
    asked_for = class == INJECT_NONE ? 0 : n;
    return before;
}

static int call(void *function) {
    ((void (*)(void))function)();
    return 0;
}

int probe_thread(void (*function)(void), void *stack_top, int files) {
    return clone(call, stack_top, SIGCHLD | CLONE_VM | (files ? CLONE_FILES : 0), (void *)function);
}
