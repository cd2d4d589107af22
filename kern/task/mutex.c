// SPDX-License-Identifier: MIT
// Taking a free mutex is one atomic exchange, and giving it back, when nobody waits, is one store
// and one load. Whoever waits first says so and then tries once more; whoever gives it back first
// lets go and then looks for waiters: one of the two sees the other.
#include "task/mutex.h"

#include "kernel.h"
#include "task/task.h"

void mutex_init(struct mutex *mutex, const char *name) {
    atomic_init(&mutex->holder, NULL);
    atomic_init(&mutex->waiters, 0);
    mutex->lock = (struct spinlock)SPINLOCK_INIT(name);
    wait_queue_init(&mutex->queue);
}

static bool try_lock(struct mutex *mutex) {
    struct task *nobody = NULL;
    return atomic_compare_exchange_strong(&mutex->holder, &nobody, current);
}

static void lock_slowly(struct mutex *mutex) {
    spin_lock(&mutex->lock);
    atomic_fetch_add(&mutex->waiters, 1);
    while (!try_lock(mutex)) {
        wait_sleep(&mutex->queue, &mutex->lock);
    }
    atomic_fetch_sub(&mutex->waiters, 1);
    spin_unlock(&mutex->lock);
}

void mutex_lock(struct mutex *mutex) {
    ASSERT(!mutex_held(mutex) && this_cpu()->lock_depth == 0);
    if (!try_lock(mutex)) {
        lock_slowly(mutex);
    }
}

void mutex_unlock(struct mutex *mutex) {
    ASSERT(mutex_held(mutex));
    atomic_store(&mutex->holder, NULL);
    if (atomic_load(&mutex->waiters) > 0) {
        spin_lock(&mutex->lock);
        wait_wake_one(&mutex->queue);
        spin_unlock(&mutex->lock);
    }
}

bool mutex_held(struct mutex *mutex) {
    return atomic_load_explicit(&mutex->holder, memory_order_relaxed) == current;
}
