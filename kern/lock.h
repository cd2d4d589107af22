// SPDX-License-Identifier: MIT
// Spinlocks: for a few dozen instructions, with interrupts off, never across anything that sleeps
// or touches user memory.
#pragma once

#include <arch/cpu.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct spinlock {
    const char *name;
    atomic_bool locked;
    struct cpu *holder; // meaningful while locked
    uint64_t irq_flags; // what to restore; belongs to the holder
};

#define SPINLOCK_INIT(lock_name) \
    { .name = (lock_name) }

void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

// True if this CPU holds `lock`: for assertions.
bool spin_held(const struct spinlock *lock);
