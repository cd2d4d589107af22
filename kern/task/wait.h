// SPDX-License-Identifier: MIT
// Sleeping until somebody says that something has changed.
//
// The condition is guarded by a spinlock. Whoever waits holds it, looks, and sleeps; whoever
// changes the condition holds it too, and wakes. Going to sleep and letting the lock go are one
// step, so that a wake-up cannot fall between them:
//
//     spin_lock(&pipe->lock);
//     while (pipe->bytes == 0) {
//         int error = wait_sleep_interruptible(&pipe->readers, &pipe->lock);
//         if (error < 0) { ... }
//     }
//
// A wake-up says only that it is worth looking again.
#pragma once

#include <stdint.h>

#include "base/list.h"
#include "lock.h"

struct wait_queue {
    struct list waiters; // tasks that sleep here, in the order in which they came
};

void wait_queue_init(struct wait_queue *queue);

// Sleeps. `lock` is held at the call and at the return, and free in between.
void wait_sleep(struct wait_queue *queue, struct spinlock *lock);

// The same, but also returns, with -EINTR, when a signal is pending that is not blocked; at once if
// one already is. 0 after a wake-up.
int wait_sleep_interruptible(struct wait_queue *queue, struct spinlock *lock);

// The same, but also returns, with -ETIMEDOUT, when cycle_count() has reached `deadline`.
int wait_sleep_until(struct wait_queue *queue, struct spinlock *lock, uint64_t deadline);

// Wakes all, or the one that has waited longest. In any context.
void wait_wake_all(struct wait_queue *queue);
void wait_wake_one(struct wait_queue *queue);
