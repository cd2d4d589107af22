// SPDX-License-Identifier: MIT
// A lock to sleep on: for what may take long, allocate or touch user memory. Not for interrupts.
#pragma once

#include <stdbool.h>

#include "task/wait.h"

struct mutex {
    struct spinlock lock; // guards what follows
    struct task *holder;  // NULL: free
    struct wait_queue queue;
};

void mutex_init(struct mutex *mutex, const char *name);
void mutex_lock(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);

// True if the current task holds `mutex`: for assertions.
bool mutex_held(const struct mutex *mutex);
