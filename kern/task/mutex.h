// SPDX-License-Identifier: MIT
// A lock to sleep on: for what may take long, allocate or touch user memory. Not for interrupts.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "task/wait.h"

struct mutex {
    struct task *_Atomic holder; // NULL: free
    atomic_uint waiters;         // how many want it; changed with `lock` held
    struct spinlock lock;        // guards going to sleep
    struct wait_queue queue;
};

void mutex_init(struct mutex *mutex, const char *name);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

// True if the current task holds `mutex`: for assertions.
bool mutex_held(struct mutex *mutex);
