// SPDX-License-Identifier: MIT
#include "lock.h"

#include <stddef.h>

#include "kernel.h"
#include "witness/lockorder.h"
#include "witness/race.h"

bool spin_held(const struct spinlock *lock) {
    return atomic_load_explicit(&lock->locked, memory_order_relaxed) && lock->holder == this_cpu();
}

void spin_lock(struct spinlock *lock) {
    uint64_t flags = irq_save();
    race_point();
    struct cpu *cpu = this_cpu();
    if (CHECKS && !machine_is_ending) {
        lock_order_check(lock);
    }
    if (atomic_exchange_explicit(&lock->locked, true, memory_order_acquire)) {
        cpu->wanted_lock = lock;
        do {
            if (machine_is_ending) {
                return; // whoever holds it will not go on
            }
            cpu_relax();
        } while (atomic_exchange_explicit(&lock->locked, true, memory_order_acquire));
        cpu->wanted_lock = NULL;
    }
    lock->holder = cpu;
    lock->irq_flags = flags;
    cpu->lock_depth++;
    if (CHECKS && !machine_is_ending) {
        lock_order_taken(lock);
    }
}

void spin_unlock(struct spinlock *lock) {
    if (lock->holder != this_cpu()) {
        ASSERT(machine_is_ending);
        return;
    }
    ASSERT(!irq_enabled());
    if (CHECKS && !machine_is_ending) {
        lock_order_released(lock);
    }
    uint64_t flags = lock->irq_flags;
    lock->holder->lock_depth--;
    lock->holder = NULL;
    atomic_store_explicit(&lock->locked, false, memory_order_release);
    race_point();
    irq_restore(flags);
}
