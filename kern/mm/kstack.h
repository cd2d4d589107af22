// SPDX-License-Identifier: MIT
// Kernel stacks. They lie in an area of their own, each behind pages that are never mapped:
//
//     | guard | stack | guard | stack | ...
//                    low        top
//
// so that a stack that grows too far faults instead of destroying its neighbour. Slots are used
// again, and their pages stay mapped for ever: no CPU ever has to forget a stack's translation.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "config.h"

// What checks everything has larger frames.
#define KSTACK_BYTES ((CHECKS ? 16UL : 8UL) << 10)

// Returns the address just above a stack of KSTACK_BYTES, or 0 when out of memory.
uintptr_t kstack_alloc(void);
void kstack_free(uintptr_t top);

// True if `address` is in some stack, or in some guard.
bool kstack_contains(uintptr_t address);
bool kstack_is_guard(uintptr_t address);
