// SPDX-License-Identifier: MIT
// Signals as programs see them: Linux's structures.
#pragma once

#include <stdint.h>

#include "abi/signal.h"

enum { SIGNALS = SIGRTMAX };

// A set of signals: signal n is bit n - 1.
typedef uint64_t sigset_t;

static inline sigset_t sigset_of(int signal) {
    return (sigset_t)1 << (signal - 1);
}

// Handlers that are none.
#define SIG_DFL 0UL
#define SIG_IGN 1UL

struct sigaction {
    uintptr_t handler;
    uint64_t flags;
    uintptr_t restorer; // where a handler returns to
    sigset_t mask;      // blocked while the handler runs, besides the signal itself
};

// What a handler is told: the first part of Linux's siginfo_t, whose rest is zero.
struct siginfo {
    int signal;
    int error;
    int code;
    int padding;
    union {
        struct {
            int pid; // the sender, or the child
            unsigned uid;
            union {
                int status;     // SIGCHLD: the exit status, or the signal
                uint64_t value; // sigqueue
            };
        };
        uintptr_t address; // faults
        uint64_t words[4];
    };
};
enum { SIGINFO_BYTES = 128 };
_Static_assert(sizeof(struct siginfo) == 48, "Linux's layout");

// An alternate signal stack; without one, flags is SS_DISABLE.
struct sigstack {
    uintptr_t start;
    unsigned flags;
    unsigned padding;
    uint64_t bytes;
};

// For the call that is being made: blocks the set of `bytes` bytes at user address `from` instead,
// until signals have been delivered or signal_end_temporary_mask (task/signal.h) is called. Returns
// 0, -EINVAL or -EFAULT.
int signal_mask_for_call(uintptr_t from, uint64_t bytes);

// For messages: "SIGSEGV".
const char *signal_name(int signal);
