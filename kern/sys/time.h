// SPDX-License-Identifier: MIT
// Time as programs see it, and as the processor counts it.
#pragma once

#include <stdint.h>

#define NANOSECONDS_PER_SECOND 1000000000L

// No clock is read: two runs shall be the same. The kernel begins on 1 January 2026.
#define REALTIME_AT_BOOT 1767225600L

struct timespec {
    int64_t seconds;
    int64_t nanoseconds;
};

// The value of cycle_count() at the end of the time span at user address `from`, beginning now; the
// end of time if `from` is 0. Returns 0, -EFAULT or -EINVAL.
int deadline_from_user(uintptr_t from, uint64_t *deadline);

// Writes how long it still is until `deadline` to user address `to`. Returns 0 or -EFAULT.
int deadline_rest_to_user(uint64_t deadline, uintptr_t to);

// For a call that a signal has interrupted before its deadline: what it returns, so that it is made
// anew if no handler runs, and so that deadline_resumed then answers `deadline` instead of a later
// one.
int64_t deadline_interrupted(uint64_t deadline);
uint64_t deadline_resumed(uint64_t deadline);
