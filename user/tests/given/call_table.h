// SPDX-License-Identifier: MIT
// System calls in a table: what each is called here, its number, its arguments.
#pragma once

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "errors.h"

enum { CALL_ARGUMENTS = 6 };

// For a call's arguments.
#define HERE ((long)AT_FDCWD)
#define ADDRESS(object) ((long)(object))

struct call {
    const char *what;
    long number;
    long arguments[CALL_ARGUMENTS];
};

static inline long do_call(const struct call *call) {
    const long *a = call->arguments;
    return syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

// The call with another value for each argument that is `mark`.
static inline struct call with(const struct call *call, long mark, long value) {
    struct call changed = *call;
    for (int i = 0; i < CALL_ARGUMENTS; i++) {
        if (call->arguments[i] == mark) {
            changed.arguments[i] = value;
        }
    }
    return changed;
}

// Makes all calls of a table of so many bytes, and prints what has become of them.
static inline void try_all(const char *how, const struct call *calls, size_t bytes) {
    printf("-- %s\n", how);
    for (unsigned i = 0; i < bytes / sizeof *calls; i++) {
        result(calls[i].what, do_call(&calls[i]));
    }
}

// Gives an open file a number that a table can name.
static inline void keep(int fd, int as) {
    dup2(fd, as);
    close(fd);
}
