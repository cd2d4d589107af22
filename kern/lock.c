// SPDX-License-Identifier: MIT
#include "lock.h"

#include "kernel.h"
#include "witness/lockorder.h"
#include "witness/race.h"

bool spin_held(const struct spinlock *lock) {
    return atomic_load_explicit(&lock->locked, memory_order_relaxed) && lock->holder == this_cpu();
}

// When the machine ends, whoever holds the lock will not go on.
void spin_wait(struct spinlock *lock) {
    struct cpu *cpu = this_cpu();
    cpu->wanted_lock = lock;
    do {
        cpu_relax();
    } while (!machine_is_ending &&
             atomic_exchange_explicit(&lock->locked, true, memory_order_acquire));
    cpu->wanted_lock = NULL;
}

void spin_lock_checked(struct spinlock *lock) {
    uint64_t flags = irq_save();
    race_point();
    if (machine_is_ending) {
        spin_take(lock, flags);
        return;
    }
    lock_order_check(lock);
    spin_take(lock, flags);
    lock_order_taken(lock);
}

void spin_unlock_checked(struct spinlock *lock) {
    ASSERT(machine_is_ending || (lock->holder == this_cpu() && !irq_enabled()));
    if (!machine_is_ending) {
        lock_order_released(lock);
    }
    uint64_t flags = spin_release(lock);
    race_point();
    irq_restore(flags);
}
