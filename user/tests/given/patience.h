// SPDX-License-Identifier: MIT
// Waiting, within reason, for what another thread does.
#pragma once

#include <sched.h>

enum { PATIENCE = 100000 };

// True as soon as *what is `wanted`; false if that takes too long.
static inline int comes_true(const volatile unsigned *what, unsigned wanted) {
    for (int i = 0; i < PATIENCE; i++) {
        if (*what == wanted) {
            return 1;
        }
        sched_yield();
    }
    return 0;
}
