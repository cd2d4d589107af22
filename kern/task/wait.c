// SPDX-License-Identifier: MIT
#include "task/wait.h"

#include <arch/cpu.h>

#include "errno.h"

void wait_queue_init(struct wait_queue *queue) {
    list_init(&queue->waiters);
}

// There is one task: an interrupt is all that can change anything.
void wait_sleep(struct wait_queue *queue, struct spinlock *lock) {
    (void)queue;
    spin_unlock(lock);
    cpu_wait_for_interrupt();
    spin_lock(lock);
}

int wait_sleep_interruptible(struct wait_queue *queue, struct spinlock *lock) {
    wait_sleep(queue, lock);
    return 0;
}

int wait_sleep_until(struct wait_queue *queue, struct spinlock *lock, uint64_t deadline) {
    wait_sleep(queue, lock);
    return cycle_count() >= deadline ? -ETIMEDOUT : 0;
}

void wait_wake_all(struct wait_queue *queue) {
    (void)queue;
}

void wait_wake_one(struct wait_queue *queue) {
    (void)queue;
}
