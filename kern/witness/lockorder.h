// SPDX-License-Identifier: MIT
// Checks in which order spinlocks are taken: see lock.h. Called by lock.c with interrupts off.
#pragma once

#include "lock.h"

// `lock` is about to be taken by this CPU: a panic if it holds one that must come later, or `lock`
// itself.
void lock_order_check(struct spinlock *lock);

// It has been taken, or is about to be released.
void lock_order_taken(struct spinlock *lock);
void lock_order_released(struct spinlock *lock);

enum { HELD_LIMIT = 8 };

// What each CPU holds, in the order in which it was taken: for readers outside the machine.
struct held_locks {
    struct spinlock *locks[HELD_LIMIT];
    unsigned count;
};
extern struct held_locks held_locks[MAX_CPUS];
