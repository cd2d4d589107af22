// SPDX-License-Identifier: MIT
// Signals: not there yet.
#pragma once

#include <stdbool.h>

struct task;
struct trapframe;

static inline bool signal_pending(const struct task *task) {
    (void)task;
    return false;
}

static inline void signal_deliver(struct trapframe *tf) {
    (void)tf;
}
