// SPDX-License-Identifier: MIT
// Option fail=fork:N: the first N forks are rehearsed. Each is tried with its first allocation
// failing, then with its second, and so on, until it needs no more of them; only that last attempt
// counts. After each of the others the caller must have been told, and everything must be as it
// was.
#pragma once

#include <stdint.h>

struct clone_arguments;

// How many are still to be rehearsed. For machines with one processor.
extern uint64_t rehearsals;

// Does what `attempt` does, so often. An attempt that succeeds although an allocation failed, that
// fails with another error than -ENOMEM or -EAGAIN, or that leaves anything behind, is a panic.
// Records how many points of failure there were, and how many allocations the trace has seen in the
// last attempt.
int64_t rehearse(int64_t (*attempt)(const struct clone_arguments *),
                 const struct clone_arguments *arguments);
