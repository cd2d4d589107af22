// SPDX-License-Identifier: MIT
// A count of owners. Whoever gives up the last claim frees the thing.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "kernel.h"
#include "witness/race.h"

struct refcount {
    atomic_int owners;
};

static inline void refcount_init(struct refcount *count) {
    atomic_init(&count->owners, 1);
}

static inline void refcount_get(struct refcount *count) {
    race_point();
    int before = atomic_fetch_add_explicit(&count->owners, 1, memory_order_relaxed);
    ASSERT(before > 0);
    (void)before;
}

// One claim more, unless the last one has been given up: then false.
static inline bool refcount_get_unless_none(struct refcount *count) {
    int owners = atomic_load(&count->owners);
    while (owners > 0 && !atomic_compare_exchange_weak(&count->owners, &owners, owners + 1)) {
    }
    return owners > 0;
}

// Gives up one claim. Returns true if it was the last: then nobody else can reach the thing.
static inline bool refcount_put(struct refcount *count) {
    race_point();
    int before = atomic_fetch_sub_explicit(&count->owners, 1, memory_order_acq_rel);
    ASSERT(before > 0);
    return before == 1;
}

// True if there is one owner, who therefore need not fear another.
static inline bool refcount_is_one(const struct refcount *count) {
    return atomic_load_explicit(&count->owners, memory_order_acquire) == 1;
}
