// SPDX-License-Identifier: MIT
// What tasks have used, as programs are told.
#pragma once

#include <stdint.h>

struct task_ticks;

// Writes Linux's struct rusage to user address `to`, unless that is 0: times, and the pages of
// memory at most; the rest, which Tine does not count, is 0. Returns 0 or -EFAULT.
int usage_to_user(uintptr_t to, const struct task_ticks *ticks, uint64_t resident_pages);
