// SPDX-License-Identifier: MIT
// Pages of one's own to share with children, each full of the same byte; and children that are
// waited for.
#pragma once

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lab1/child.h"

#define PAGE 4096UL

// Ends the test if there is no memory.
static inline char *map_pages(size_t count, int flags) {
    char *pages = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        puts("no memory");
        _exit(1);
    }
    return pages;
}

static inline void fill_pages(char *pages, size_t count, char value) {
    memset(pages, value, count * PAGE);
}

// How many of the pages hold anything else than `value`.
static inline unsigned pages_unlike(const char *pages, size_t count, char value) {
    unsigned unlike = 0;
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (same < PAGE && pages[i * PAGE + same] == value) {
            same++;
        }
        unlike += same < PAGE;
    }
    return unlike;
}

// Waits for a child. Returns its exit status, or 1000 and the signal that ended it, or -1.
static inline int ended(pid_t pid) {
    int status = 0;
    if (pid <= 0 || waitpid(pid, &status, 0) != pid) {
        return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}
