// SPDX-License-Identifier: MIT
#include "lock.h"

#include <stddef.h>

#include "kernel.h"

bool spin_held(const struct spinlock *lock) {
    return atomic_load_explicit(&lock->locked, memory_order_relaxed) && lock->holder == this_cpu();
}

void spin_lock(struct spinlock *lock) {
    uint64_t flags = irq_save();
    if (machine_is_ending) {
        return; // whoever held it will not go on
    }
    ASSERT(!spin_held(lock));
    while (atomic_exchange_explicit(&lock->locked, true, memory_order_acquire)) {
        cpu_relax();
    }
    lock->holder = this_cpu();
    lock->holder->lock_depth++;
    lock->irq_flags = flags;
}

void spin_unlock(struct spinlock *lock) {
    if (machine_is_ending) {
        return;
    }
    ASSERT(spin_held(lock));
    uint64_t flags = lock->irq_flags;
    lock->holder->lock_depth--;
    lock->holder = NULL;
    atomic_store_explicit(&lock->locked, false, memory_order_release);
    irq_restore(flags);
}
