// SPDX-License-Identifier: MIT
// Spinlocks: for a few dozen instructions, with interrupts off, never across anything that sleeps
// or touches user memory.
//
// Locks of one name are a class. If one of class A is ever held while one of class B is taken, then no
// task may ever do it the other way round: two CPUs doing both would wait for each other for ever. A
// checking build notes each such order when it first sees it, and panics at the first that contradicts.
#pragma once

#include <arch/cpu.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct spinlock {
    const char *name;
    uint8_t class; // used by the check of the order; 0: not yet known
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
