// SPDX-License-Identifier: MIT
#include "fs/poll.h"

#include <stdatomic.h>

#include "errno.h"
#include "task/wait.h"

// Guards `changes`; the scheduler's lock is taken inside.
static struct spinlock poll_lock = SPINLOCK_INIT("poll");
static struct wait_queue pollers = {LIST_INIT(pollers.waiters)};
static uint64_t changes;

// Whoever looks counts itself first; whoever changes something does so first, and then looks here:
// one of the two sees the other. Files that nobody polls pay a load.
static atomic_uint looking;

void poll_notify(void) {
    if (atomic_load(&looking) == 0) {
        return;
    }
    spin_lock(&poll_lock);
    changes++;
    wait_wake_all(&pollers);
    spin_unlock(&poll_lock);
}

uint64_t poll_begin(void) {
    atomic_fetch_add(&looking, 1);
    spin_lock(&poll_lock);
    uint64_t seen = changes;
    spin_unlock(&poll_lock);
    return seen;
}

void poll_end(void) {
    atomic_fetch_sub(&looking, 1);
}

int poll_wait(uint64_t *seen, uint64_t deadline) {
    int error = 0;
    spin_lock(&poll_lock);
    while (error == 0 && changes == *seen) {
        error = wait_sleep_until(&pollers, &poll_lock, deadline);
    }
    *seen = changes;
    spin_unlock(&poll_lock);
    return error;
}
