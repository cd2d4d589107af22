// SPDX-License-Identifier: MIT
// Waiting for any of several files. All who do so sleep in one queue, and every file that may have
// become ready wakes them: they look again.
#pragma once

#include <stdint.h>

// Something has become ready. Any context; a lock may be held.
void poll_notify(void);

// How often that has happened to anybody's interest; taken before looking at the files.
uint64_t poll_begin(void);
void poll_end(void);

// Sleeps until something has changed since `seen`, or until cycle_count() reaches `deadline`.
// Returns 0, -ETIMEDOUT or -EINTR.
int poll_wait(uint64_t *seen, uint64_t deadline);
