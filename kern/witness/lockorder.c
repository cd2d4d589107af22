// SPDX-License-Identifier: MIT
#include "witness/lockorder.h"

#include <arch/cpu.h>
#include <stddef.h>

#include "base/string.h"
#include "kernel.h"

enum { MAX_CLASSES = 64 };

extern char kernel_image_start[], kernel_image_end[];

struct held_locks held_locks[MAX_CPUS];

// Bit B of later[A]: a lock of class B has been taken inside one of class A, or inside one inside
// that, ...
static _Atomic uint64_t later[MAX_CLASSES];
static const char *_Atomic names[MAX_CLASSES]; // [0] is not used

// Two CPUs may find a name new at the same time; each entry is claimed once.
static uint8_t class_of(const char *name) {
    for (unsigned class = 1; class < MAX_CLASSES; class ++) {
        const char *known = NULL;
        if (atomic_compare_exchange_strong(&names[class], &known, name) ||
            strcmp(known, name) == 0) {
            return (uint8_t) class;
        }
    }
    panic("there are more than %d names of locks", MAX_CLASSES);
}

// Whatever comes before `first` comes before all that comes after `second`.
static void note_order(unsigned first, unsigned second) {
    uint64_t all_later = 1UL << second | later[second];
    for (unsigned class = 1; class < MAX_CLASSES; class ++) {
        if (class == first || (later[class] >> first & 1)) {
            later[class] |= all_later;
        }
    }
}

// Names are constants of the kernel. What has another one is memory of something that was freed,
// and would never be found unlocked.
static bool is_lock(const struct spinlock *lock) {
    return lock->name >= kernel_image_start && lock->name < kernel_image_end &&
           lock->class < MAX_CLASSES;
}

void lock_order_check(struct spinlock *lock) {
    unsigned cpu = this_cpu()->id;
    if (!is_lock(lock)) {
        panic("there is no lock at %p: what it belonged to was freed, or overwritten",
              (void *)lock);
    }
    if (lock->class == 0) {
        lock->class = class_of(lock->name);
    }
    for (unsigned i = 0; i < held_locks[cpu].count; i++) {
        const struct spinlock *other = held_locks[cpu].locks[i];
        if (other == lock) {
            panic("the lock \"%s\" is taken by the CPU that holds it already", lock->name);
        }
        if (other->class == lock->class || (later[lock->class] >> other->class & 1)) {
            panic("the lock \"%s\" is taken inside \"%s\", and elsewhere the other way round: two "
                  "CPUs "
                  "could wait for each other for ever",
                  lock->name, other->name);
        }
        if ((later[other->class] >> lock->class & 1) == 0) {
            note_order(other->class, lock->class);
        }
    }
}

void lock_order_taken(struct spinlock *lock) {
    unsigned cpu = this_cpu()->id;
    ASSERT(held_locks[cpu].count < HELD_LIMIT);
    held_locks[cpu].locks[held_locks[cpu].count++] = lock;
}

void lock_order_released(struct spinlock *lock) {
    unsigned cpu = this_cpu()->id;
    unsigned at = 0;
    while (held_locks[cpu].locks[at] != lock) {
        at++;
        ASSERT(at < held_locks[cpu].count);
    }
    held_locks[cpu].count--;
    for (; at < held_locks[cpu].count; at++) {
        held_locks[cpu].locks[at] = held_locks[cpu].locks[at + 1];
    }
}
