// SPDX-License-Identifier: MIT
// Spinlocks: for a few dozen instructions, with interrupts off, never across anything that sleeps
// or touches user memory.
//
// Locks of one name are a class. If one of class A is ever held while one of class B is taken, then
// no task may ever do it the other way round: two CPUs doing both would wait for each other for
// ever. A checking build notes each such order when it first sees it, and panics at the first that
// contradicts.
#pragma once

#include <arch/cpu.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"

struct spinlock {
    const char *name;
    uint8_t class; // used by the check of the order; 0: not yet known
    atomic_bool locked;
    struct cpu *holder; // meaningful while locked
    uint64_t irq_flags; // what to restore; belongs to the holder
};

#define SPINLOCK_INIT(lock_name) \
    { .name = (lock_name) }

static inline void spin_lock(struct spinlock *lock);
static inline void spin_unlock(struct spinlock *lock);

// True if this CPU holds `lock`: for assertions.
bool spin_held(const struct spinlock *lock);

// ---- How that is done ------------------------------------------------------------------------

void spin_wait(struct spinlock *lock); // until it is ours, or the machine ends
void spin_lock_checked(struct spinlock *lock);
void spin_unlock_checked(struct spinlock *lock);

static inline void spin_take(struct spinlock *lock, uint64_t irq_flags) {
    if (atomic_exchange_explicit(&lock->locked, true, memory_order_acquire)) {
        spin_wait(lock);
    }
    struct cpu *cpu = this_cpu();
    lock->holder = cpu;
    lock->irq_flags = irq_flags;
    cpu->lock_depth++;
}

// Returns what irq_restore wants.
static inline uint64_t spin_release(struct spinlock *lock) {
    uint64_t irq_flags = lock->irq_flags;
    this_cpu()->lock_depth--;
    lock->holder = NULL;
    atomic_store_explicit(&lock->locked, false, memory_order_release);
    return irq_flags;
}

static inline void spin_lock(struct spinlock *lock) {
    if (CHECKS) {
        spin_lock_checked(lock);
    } else {
        spin_take(lock, irq_save());
    }
}

static inline void spin_unlock(struct spinlock *lock) {
    if (CHECKS) {
        spin_unlock_checked(lock);
    } else {
        irq_restore(spin_release(lock));
    }
}
