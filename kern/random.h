// SPDX-License-Identifier: MIT
// Numbers that look random, the same in each run with the same option seed=: nothing secret depends
// on them.
#pragma once

#include <stddef.h>

// Fills `bytes` of memory with the next ones.
void random_fill(void *to, size_t bytes);
