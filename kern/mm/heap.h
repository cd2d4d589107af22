// SPDX-License-Identifier: MIT
// Kernel memory in small pieces.
#pragma once

#include <stddef.h>

// Returns `bytes` (1 to 4096) of memory aligned to 16, filled with zeros; NULL when out of memory
// or when more is asked for.
void *kmalloc(size_t bytes);

// Gives memory from kmalloc back; NULL is allowed.
void kfree(void *memory);
