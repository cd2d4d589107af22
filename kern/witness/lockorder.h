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
