// SPDX-License-Identifier: MIT
// What a signal handler finds on its stack: Linux's layout, which each architecture has its own of.
#pragma once

#include "sys/signal.h"

struct trapframe;

struct sigframe {
    const struct sigaction *action; // borrowed
    const struct siginfo *info;     // borrowed
    sigset_t mask;                  // blocked again when the handler has returned
    struct sigstack altstack;
};

// Stores all of the current task's registers on its stack, or on its alternate stack if the action
// says so, and makes `tf` call the handler. Returns 0, or -EFAULT if that cannot be; then neither
// `tf` nor any register has changed. No lock may be held.
int sigframe_push(struct trapframe *tf, const struct sigframe *frame);

// Takes back what sigframe_push has stored, which the program may have changed in any way:
// registers get only what user mode may set itself. Returns 0 and fills in `mask` and `altstack`,
// or -EFAULT; after that no register has changed, and `mask` only if it could be read.
int sigframe_pop(struct trapframe *tf, sigset_t *mask, struct sigstack *altstack);
